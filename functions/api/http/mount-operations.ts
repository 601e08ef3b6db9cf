import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import { DarkroomError } from '#shared/errors/errors.ts';
import { recordRequest } from '#shared/metrics/instruments.ts';
import type { ApiPorts } from './api-ports.ts';
import type { Auth } from './auth.ts';
import { authenticate } from './authenticate.ts';
import { isBuilt, type OperationRow, type Operations, type RequestContext } from './operation.ts';
import { refuseUnstorable } from './request-body.ts';

/** The longest path parameter, in characters; a longer one matches no route. */
const paramLengthMax = 1024;

/**
 * Mounts all operations behind one route of Fastify. One route for each needs a plugin for each, which takes 80 ms of CPU
 * before the first response of every cold start.
 */
export function mountOperations(app: FastifyInstance, operations: Operations, ports: ApiPorts): void {
  const findRow = createRowFinder(operations);
  app.decorateRequest('auth');
  app.decorateRequest('row');
  app.decorateRequest('operation', 'none');
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/*',
    exposeHeadRoute: true,
    // Authenticates before the body is read.
    onRequest: async (request, reply) => {
      const found = findRow(request.method, request.url);
      if (found === undefined) return await reply.status(404).send({ message: 'Not found' });
      const { id, row, params } = found;
      request.params = params;
      request.setDecorator<OperationRow>('row', row);
      request.setDecorator<string>('operation', id);
      refuseUnstorable([params, request.query, decodeURIComponentSafely(request.url)]);
      if (row.auth !== 'public' || row.method !== 'GET') await ports.requireSchema();
      request.setDecorator<Auth | undefined>(
        'auth',
        row.auth === 'public' ? undefined : await authenticate(ports.db, request, row),
      );
      return undefined;
    },
    preParsing: async (request) => refuseOtherBodies(request, request.getDecorator<OperationRow>('row')),
    handler: (request, reply) => respond(ports, request, reply),
    onResponse: async (request, reply) =>
      recordRequest(reply.elapsedTime / 1000, {
        operation: request.getDecorator<string>('operation'),
        status: `${Math.floor(reply.statusCode / 100)}xx`,
      }),
  });
}

interface FoundRow {
  id: string;
  row: OperationRow;
  params: Record<string, string | undefined>;
}

/** Finds a row by method and URL; GET rows also serve HEAD. */
function createRowFinder(operations: Operations): (method: string, url: string) => FoundRow | undefined {
  const router = findMyWay({ maxParamLength: paramLengthMax, ignoreTrailingSlash: true });
  for (const [id, row] of Object.entries<OperationRow>(operations)) {
    router.on(row.patchAlias === true ? [row.method, 'PATCH'] : row.method, row.path, () => {}, { id, row });
  }
  return (method, url) => {
    const found = router.find(method === 'HEAD' ? 'GET' : (method as OperationRow['method']), url);
    // A malformed URL has no row.
    if (found?.store == null) return undefined;
    return { ...(found.store as Pick<FoundRow, 'id' | 'row'>), params: found.params };
  };
}

async function respond(ports: ApiPorts, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  refuseUnstorable(request.body);
  const row = request.getDecorator<OperationRow>('row');
  const auth = request.getDecorator<Auth | undefined>('auth');
  if (!isBuilt(row))
    throw new DarkroomError('operation/not-implemented', `${row.method} ${row.path} is not implemented yet`);
  // Public operations declare a context without `auth`; `authenticate` has run for all others.
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

function refuseOtherBodies({ headers }: FastifyRequest, { accepts = 'json' }: OperationRow): void {
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
    throw new DarkroomError('input/invalid', 'The URL is malformed');
  }
}
