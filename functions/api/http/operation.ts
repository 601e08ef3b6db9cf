import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ApiPorts } from './api-ports.ts';
import type { Auth } from './auth.ts';
import type { OperationId, Permission, ResponseOf } from './contract.ts';

/** Who may call: anybody, any user, or administrators. */
export type RequiredAuth = 'public' | 'user' | 'admin';

/** What every handler gets first. `request` and `reply` are for cookies, extra headers, a second success code and `raw` operations. */
export interface PublicContext {
  readonly ports: ApiPorts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The context of an operation that needs credentials: `auth` says who calls. */
export interface RequestContext extends PublicContext {
  readonly auth: Auth;
}

/** The parsed input: each part as its schema left it, `undefined` where the operation has no schema for it. */
export interface OperationInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** How an operation is called, as the contract says it. */
export interface OperationRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/api`, parameters as `:name`. */
  readonly path: `/${string}`;
  readonly auth: RequiredAuth;
  /** The status of success. A handler that has two sets the other on `context.reply`. */
  readonly status: number;
  /** What an API key needs; without it the key needs `all`, or any scope if `anyScope`. */
  readonly permission?: Permission;
  readonly anyScope?: true;
  /** A visitor with a shared link may call too. */
  readonly sharedLink?: true;
  /** Also answers to PATCH, as clients of the next major version will send. */
  readonly patchAlias?: true;
  /** The body's media type. With `multipart` the handler reads `context.request.raw` itself. */
  readonly accepts?: 'json' | 'multipart' | 'form';
  /** The handler sends the reply itself: a file, a stream, a redirect. */
  readonly raw?: true;
}

declare const written: unique symbol;

/** The JSON of an answer, where the handler has it as text; it sets the media type too. */
export type JsonText<Response> = string & { readonly [written]: Response };

/** An operation that is built: its row, the schemas of its input, and what answers it. */
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

/** Every operation of the contract, each with the answer that the SDK expects of it. One that is not built is its row alone. */
export type Operations = { readonly [Id in OperationId]: Operation<ResponseOf<Id>> | OperationRow };

export const isBuilt = (row: OperationRow): row is Operation => 'handler' in row;

/**
 * One operation of the API. The handler answers what the SDK expects of `id`; its input is typed by the schemas beside it,
 * its context by `auth`.
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
