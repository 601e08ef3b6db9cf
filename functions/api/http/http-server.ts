import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
  type FastifyServerOptions,
} from 'fastify';
import { toApiError } from './api-error.ts';
import { compressResponse } from './compress-response.ts';
import { mountOperations } from './mount-operations.ts';
import type { ApiPorts } from './api-ports.ts';
import type { Operations } from './operation.ts';
import { addBodyParsers, bodyBytesMax } from './request-body.ts';
import { drainRequest } from './drain-request.ts';
import { addPlainRoutes } from './plain-routes.ts';

export interface ServerOptions {
  /** Creates the http server that Fastify uses; by default Fastify creates its own. */
  serverFactory?: FastifyServerFactory;
}

const keepAliveMs = 95_000;

/**
 * The HTTP server of the API. Every operation is served with and without `/api`, because a client whose first request of
 * `/.well-known/immich` timed out stores the address without `/api` permanently.
 */
export function createHttpServer(
  operations: Operations,
  ports: ApiPorts,
  { serverFactory }: ServerOptions = {},
): FastifyInstance {
  const options: FastifyServerOptions = {
    bodyLimit: bodyBytesMax,
    // A large upload may take hours; its handler ends a stalled one.
    requestTimeout: 0,
    // Longer than that of the proxies in front, so that none sends a request into a connection that is being closed.
    keepAliveTimeout: keepAliveMs,
    trustProxy: ports.config.DARKROOM_TRUSTED_PROXIES,
    rewriteUrl: withoutPrefix,
    genReqId: correlationIdOf,
    frameworkErrors: (error, request, reply) => void sendError(ports, error, request, reply),
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return;
      const body = '{"message":"The request is not valid HTTP"}';
      socket.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    },
    ...(serverFactory === undefined ? {} : { serverFactory }),
  };
  const app = Fastify(options);
  app.server.headersTimeout = keepAliveMs + 5_000;
  addBodyParsers(app);
  app.addHook('onRequest', async (request, reply) => void addCommonHeaders(request, reply));
  app.addHook('onSend', async (request, reply, payload) => {
    drainRequest(request, reply);
    return await compressResponse(request, reply, payload);
  });
  app.setErrorHandler((error, request, reply) => sendError(ports, error, request, reply));
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ message: 'Not found' }));
  addPlainRoutes(app);
  mountOperations(app, operations, ports);
  return app;
}

/** Removes the prefix `/api`, so that one route serves both addresses of an operation. */
function withoutPrefix({ url = '/' }: IncomingMessage | { url?: string }): string {
  return /^\/api(?=[/?]|$)/.test(url) ? url.slice('/api'.length).replace(/^(?!\/)/, '/') : url;
}

function addCommonHeaders(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.headers({ 'x-correlation-id': request.id, 'x-content-type-options': 'nosniff' });
}

/** The caller's correlation id if it is well-formed, else a new one: any other text could forge log lines. */
function correlationIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

function sendError({ log }: ApiPorts, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body, fault } = toApiError(thrown);
  const facts = { err: fault, requestId: request.id, method: request.method, path: request.url.split('?')[0] };
  if (request.raw.destroyed && !request.raw.complete) log.debug(facts, 'client disconnected');
  else if (fault !== undefined) log.error(facts, 'request failed');
  if (status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  for (const name of [
    'cache-control',
    'content-disposition',
    'content-length',
    'content-security-policy',
    'etag',
    'last-modified',
  ])
    reply.removeHeader(name);
  // A malformed URL reaches this handler before any hook ran.
  return addCommonHeaders(request, reply).status(status).type('application/json').send(body);
}
