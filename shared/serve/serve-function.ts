import type { ServerResponse } from 'node:http';
import { http, type Request, type Response } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { DarkroomError, toProblem, type ErrorCode } from '#shared/errors/errors.ts';
import { catalogue, pingType } from '#shared/events/catalogue.ts';
import type { EventHandler, EventReply } from '#shared/events/receive.ts';
import { recordEvent } from '#shared/metrics/instruments.ts';
import { createBootServer, type BootOptions, type BootServer, type Listen } from './boot-server.ts';
import { readBody } from './read-body.ts';
import { runWithoutDomains } from './without-domains.ts';

/**
 * Serves an event function with functions-framework and resolves when it listens. The framework's body parsers would
 * answer a malformed body with an error page, so the boot reads the body (at most 1 MiB) and passes it as `rawBody`,
 * which the framework sets itself when it runs the function without this boot.
 * @see Functions Framework for Node.js, http signature
 */
export async function serveFunction(
  name: string,
  handler: EventHandler,
  where: Listen,
  options: Pick<BootOptions, 'notReadyBecause'> = {},
): Promise<BootServer> {
  registerFunction(name, handler);
  runWithoutDomains();
  const framework = getTestServer(name);
  const boot = createBootServer((request, response) => {
    void readBody(request).then(
      (rawBody) => {
        Object.assign(request, { rawBody });
        framework.emit('request', request, response);
      },
      (error: unknown) => {
        if (response.destroyed) return;
        response.setHeader('connection', 'close');
        send(response, problemReply(error));
      },
    );
  }, options);
  await boot.listen(where);
  return boot;
}

/** Registers `handler` with functions-framework under the http signature, so that it controls statuses and replies. */
export function registerFunction(name: string, handler: EventHandler): void {
  http(name, async (request: Request, response: Response) => {
    const startMs = performance.now();
    const abort = new AbortController();
    response.once('close', () => {
      abort.abort();
      const outcome = outcomeOf(response);
      recordEvent((performance.now() - startMs) / 1000, { function: name, type: typeOf(request), outcome });
    });
    try {
      send(
        response,
        await handler(
          { method: request.method, headers: request.headers, body: request.rawBody ?? Buffer.alloc(0) },
          abort.signal,
        ),
      );
    } catch (error) {
      send(response, problemReply(error, 'internal'));
    }
  });
}

/** Only types of the catalogue become metric attributes: a client can send any other value. */
function typeOf({ headers }: Request): string {
  const type = headers['ce-type'];
  return typeof type === 'string' && (type === pingType || Object.hasOwn(catalogue, type)) ? type : 'other';
}

/** The outcome for the metrics: what the Broker does with such a status. */
function outcomeOf({ statusCode, writableFinished }: ServerResponse): string {
  if (!writableFinished) return 'abandoned';
  if (statusCode < 300) return 'done';
  return (
    { 409: 'busy', 429: 'overloaded', 503: 'unavailable' }[statusCode] ?? (statusCode < 500 ? 'refused' : 'failed')
  );
}

function send(response: ServerResponse, { status, headers, body }: EventReply): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, headers);
  response.end(body);
}

function problemReply(error: unknown, code?: ErrorCode): EventReply {
  const problem = toProblem(code === undefined ? error : new DarkroomError(code, String(error), { cause: error }));
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
}
