import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { DarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { Handle } from '#shared/serve/boot-server.ts';
import { maxBodyBytes } from '#shared/serve/read-body.ts';
import type { Destination } from './deliver.ts';

/** The path of a bucket's notifications on a laptop; in a cluster the function has its own address. */
const webhookPath = '/webhook/minio';

/** The number of bytes of a too large body that are read, so that the client receives the error response. */
const drainedBytesMax = 16 * maxBodyBytes;

/** Forwards requests for `webhookPath` to the function, and all others to `handle`. */
export function withWebhook(handle: Handle, locate: () => Promise<Destination>): Handle {
  return (request, response) => {
    if (request.url?.split('?', 1)[0] !== webhookPath) return handle(request, response);
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return refuseLarge(request, response);
    const fail = (cause: unknown) =>
      refuse(response, 503, new DarkroomError('overloaded', 'The webhook does not answer', { cause }));
    // Removes headers of events, which only the Broker may send, and headers of this connection.
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => !/^(?:ce-|connection$|keep-alive$|upgrade$|expect$)/.test(name),
      ),
    );
    locate().then(({ socketPath = '' }) => {
      const forwarded = httpRequest({ socketPath, path: '/', method: request.method ?? 'GET', headers, agent: false });
      forwarded.on('error', fail);
      forwarded.once('response', (answer) => {
        // The rest of a too large body is not read.
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

/** Rejects too large bodies here, because a response of the function during the upload may be lost with the connection. */
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
