import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream';
import { DarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { Handle } from '#shared/serve/boot-server.ts';
import type { Destination } from './deliver.ts';

/** Where the bucket of a laptop sends its notifications; in a cluster the function has an address of its own. */
const webhookPath = '/webhook/minio';

/** Hands requests for `webhookPath` to the function, and all others to `handle`. */
export function withWebhook(handle: Handle, locate: () => Promise<Destination>): Handle {
  return (request, response) => {
    if (request.url?.split('?', 1)[0] !== webhookPath) return handle(request, response);
    const fail = (cause: unknown) => {
      if (response.headersSent) return void response.destroy();
      const problem = toProblem(new DarkroomError('overloaded', 'The webhook does not answer', { cause }));
      response.writeHead(503, { 'content-type': 'application/problem+json', connection: 'close' });
      response.end(JSON.stringify({ ...problem, status: 503 }));
    };
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
