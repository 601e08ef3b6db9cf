import type { FastifyInstance } from 'fastify';
import { operations } from './generated/operations.ts';
import type { ApiPorts } from './http/api-ports.ts';
import { createHttpServer, type ServerOptions } from './http/http-server.ts';

/** Builds the server of the Immich API without listening. */
export function createApi(ports: ApiPorts, options: ServerOptions = {}): FastifyInstance {
  return createHttpServer(operations, ports, options);
}
