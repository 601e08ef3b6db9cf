import type { FastifyInstance } from 'fastify';
import { operations } from './generated/operations.ts';
import type { ApiPorts } from './http/api-ports.ts';
import { createHttpServer, type ServerOptions } from './http/http-server.ts';

/** The Immich API on a server that does not listen yet. */
export function createApi(ports: ApiPorts, options: ServerOptions = {}): FastifyInstance {
  return createHttpServer(operations, ports, options);
}
