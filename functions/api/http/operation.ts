import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ApiPorts } from './api-ports.ts';
import type { Auth } from './auth.ts';
import type { OperationId, Permission, ResponseOf } from './contract.ts';

/** The required caller: anyone, a user, or an administrator. */
export type RequiredAuth = 'public' | 'user' | 'admin';

/**
 * The first argument of every handler. `request` and `reply` are for cookies, headers, a second success code and `raw`
 * operations.
 */
export interface PublicContext {
  readonly ports: ApiPorts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The context of an operation that requires credentials. */
export interface RequestContext extends PublicContext {
  readonly auth: Auth;
}

/** The parsed input; a part for which the operation has no schema is `undefined`. */
export interface OperationInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** The method, path and other properties of an operation in the contract. */
export interface OperationRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/api`, parameters as `:name`. */
  readonly path: `/${string}`;
  readonly auth: RequiredAuth;
  /** The success status. A handler with a second one sets it on `context.reply`. */
  readonly status: number;
  /** The permission that an API key needs; without it the key needs `all`, or any permission if `anyScope`. */
  readonly permission?: Permission;
  readonly anyScope?: true;
  /** Visitors with a shared link may call it. */
  readonly sharedLink?: true;
  /** Also mounted as PATCH, which clients of the next major version send. */
  readonly patchAlias?: true;
  /** The body's media type. With `multipart` the handler reads `context.request.raw` itself. */
  readonly accepts?: 'json' | 'multipart' | 'form';
  /** The handler sends the response itself: a file, a stream, a redirect. */
  readonly raw?: true;
}

declare const written: unique symbol;

/** A response body that is JSON text already; its handler also sets the media type. */
export type JsonText<Response> = string & { readonly [written]: Response };

/** An implemented operation: its row, the schemas of its input, and its handler. */
export interface Operation<Response = unknown> extends OperationRow {
  readonly id: OperationId;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly handler: (
    context: RequestContext,
    input: OperationInput<never, never, never>,
  ) => Promise<Response | JsonText<Response>>;
}

/** Every operation of the contract, with the response type of the SDK. One that is not implemented has only its row. */
export type Operations = { readonly [Id in OperationId]: Operation<ResponseOf<Id>> | OperationRow };

export const isBuilt = (row: OperationRow): row is Operation => 'handler' in row;

/**
 * Defines one operation of the API. The type of the response follows from `id`, that of the input from the schemas, and
 * that of the context from `auth`.
 */
export function operation<
  const Id extends OperationId,
  const A extends RequiredAuth,
  Params = undefined,
  Query = undefined,
  Body = undefined,
>(
  id: Id,
  row: Omit<OperationRow, 'auth'> & {
    readonly auth: A;
    readonly params?: z.ZodType<Params>;
    readonly query?: z.ZodType<Query>;
    readonly body?: z.ZodType<Body>;
    readonly handler: (
      context: A extends 'public' ? PublicContext : RequestContext,
      input: OperationInput<Params, Query, Body>,
    ) => Promise<ResponseOf<Id> | JsonText<ResponseOf<Id>>>;
  },
): Operation<ResponseOf<Id>> {
  return { id, ...row };
}
