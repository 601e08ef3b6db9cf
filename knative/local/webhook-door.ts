import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { DarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { Handle } from '#shared/serve/boot-server.ts';
import { maxBodyBytes } from '#shared/serve/read-body.ts';
import type { Destination } from './deliver.ts';

/** Where the bucket of a laptop sends its notifications; in a cluster the function has an address of its own. */
const webhookPath = '/webhook/minio';

/** So much of a body that is too large is read, so that its sender hears why it is refused. */
const drainedBytesMax = 16 * maxBodyBytes;

/** Hands requests for `webhookPath` to the function, and all others to `handle`. */
export function withWebhook(handle: Handle, locate: () => Promise<Destination>): Handle {
  return (request, response) => {
    if (request.url?.split('?', 1)[0] !== webhookPath) return handle(request, response);
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return refuseLarge(request, response);
    const fail = (cause: unknown) =>
      refuse(response, 503, new DarkroomError('overloaded', 'The webhook does not answer', { cause }));
    // Events come from the Broker alone, and what concerns this connection is not the function's.
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => !/^(?:ce-|connection$|keep-alive$|upgrade$|expect$)/.test(name),
      ),
    );
    locate().then(({ socketPath = '' }) => {
      const forwarded = httpRequest({ socketPath, path: '/', method: request.method ?? 'GET', headers, agent: false });
      forwarded.on('error', fail);
      forwarded.once('response', (answer) => {
        // Of a body that is too large the rest is not read.
        forwarded.off('error', fail).on('error', () => {});
        request.unpipe(forwarded);
        response.writeHead(answer.statusCode ?? 500, { ...answer.headers, connection: 'close' });
        pipeline(answer, response, () => {});
      });
      request.pipe(forwarded);
      response.once('close', () => forwarded.destroy());
    }, fail);
  };
}

/** The function would answer while the body is still on its way to it, and the answer may be lost with the connection. */
function refuseLarge(request: IncomingMessage, response: ServerResponse): void {
  let isRefused = false;
  let sizeBytes = 0;
  const once = () => {
    if (isRefused) return;
    isRefused = true;
    refuse(response, 413, new DarkroomError('input/too-large', 'A notification has at most 1 MiB'));
  };
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > drainedBytesMax) once();
  });
  request.once('end', once);
}

function refuse(response: ServerResponse, status: number, error: DarkroomError): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify({ ...toProblem(error), status }));
}
