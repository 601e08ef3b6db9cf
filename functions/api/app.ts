import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
  type FastifyServerOptions,
} from 'fastify';
import { DarkroomError } from '#shared/errors/errors.ts';
import { toApiError } from './api-error.ts';
import { authenticate, type Auth } from './authenticate.ts';
import { operations } from './operations.ts';
import type { ApiPorts } from './ports.ts';
import { addBodyParsers, bodyBytesMax, refuseUnstorable } from './request-body.ts';
import type { RequestContext, Route } from './route.ts';
import { addPlainRoutes } from './plain-routes.ts';

export interface ApiOptions {
  /** Makes the http server that Fastify answers on; without it Fastify makes its own. */
  serverFactory?: FastifyServerFactory;
}

const keepAliveMs = 95_000;

/**
 * The Immich API: every row of `operations` under `/api`, and also without it, because a client whose first look at
 * `/.well-known/immich` took too long has stored the address without `/api` for good.
 */
export function createApi(ports: ApiPorts, { serverFactory }: ApiOptions = {}): FastifyInstance {
  const options: FastifyServerOptions = {
    bodyLimit: bodyBytesMax,
    // A large upload may take hours; a stalled one is ended by its handler.
    requestTimeout: 0,
    // Longer than the proxies in front keep theirs, so that none sends into a connection that is being closed.
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
  app.decorateRequest('auth');
  addBodyParsers(app);
  app.addHook('onRequest', async (request, reply) => void addCommonHeaders(request, reply));
  app.setErrorHandler((error, request, reply) => sendError(ports, error, request, reply));
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ message: 'Not found' }));
  addPlainRoutes(app);
  for (const row of Object.values<Route>(operations)) mount(app, ports, row);
  return app;
}

/** Every operation has one route, with and without `/api`. */
function withoutPrefix({ url = '/' }: IncomingMessage | { url?: string }): string {
  return /^\/api(?=[/?]|$)/.test(url) ? url.slice('/api'.length).replace(/^(?!\/)/, '/') : url;
}

function addCommonHeaders(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.headers({ 'x-correlation-id': request.id, 'x-content-type-options': 'nosniff' });
}

/** The caller's own id if it is one, so that a trace can be followed; anything else might be an attack on the log. */
function correlationIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

function mount(app: FastifyInstance, ports: ApiPorts, row: Route): void {
  app.route({
    method: row.patchAlias === true ? [row.method, 'PATCH'] : row.method,
    url: row.path,
    exposeHeadRoute: row.method === 'GET',
    // Before the body is read: who may not call need not send.
    onRequest: async (request) => {
      refuseUnstorable([request.params, request.query, decodeURIComponentSafely(request.url)]);
      if (row.auth !== 'public' || row.method !== 'GET') await ports.requireSchema();
      request.setDecorator<Auth | undefined>(
        'auth',
        row.auth === 'public' ? undefined : await authenticate(ports.db, request, row),
      );
    },
    preParsing: async (request) => refuseOtherBodies(request, row),
    handler: (request, reply) => answer(ports, row, request, reply),
  });
}

async function answer(ports: ApiPorts, row: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  refuseUnstorable(request.body);
  const auth = request.getDecorator<Auth | undefined>('auth');
  // Rows that need nobody declare a context without `auth`; all others have been through `authenticate`.
  const context = { ports, request, reply, auth } as RequestContext;
  const input = {
    params: row.params?.parse(request.params),
    query: row.query?.parse(request.query),
    body: row.body?.parse(request.body ?? {}),
  };
  reply.status(row.status);
  const result = await row.handler(context, input as never);
  return row.raw === true ? reply : reply.send(result);
}

function refuseOtherBodies({ headers }: FastifyRequest, { accepts = 'json' }: Route): void {
  const given = headers['content-type'];
  if (given === undefined) return;
  const kind = /^multipart\/form-data/i.test(given)
    ? 'multipart'
    : /^application\/x-www-form-urlencoded/i.test(given)
      ? 'form'
      : 'json';
  if (kind !== accepts)
    throw new DarkroomError('input/unsupported-type', 'The media type of the body is not supported');
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DarkroomError('input/invalid', 'The address is not well-formed');
  }
}

function sendError({ log }: ApiPorts, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body, fault } = toApiError(thrown);
  if (fault !== undefined)
    log.error(
      { err: fault, requestId: request.id, method: request.method, path: request.url.split('?')[0] },
      'request failed',
    );
  for (const name of [
    'cache-control',
    'content-disposition',
    'content-length',
    'content-security-policy',
    'etag',
    'last-modified',
  ])
    reply.removeHeader(name);
  // An address that is no address gets here before any hook.
  return addCommonHeaders(request, reply).status(status).type('application/json').send(body);
}
