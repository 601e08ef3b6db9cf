import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Auth } from './authenticate.ts';
import type { OperationId, Permission, ResponseOf } from './contract.ts';
import type { ApiPorts } from './ports.ts';

/** Who may call: anybody, any user, or administrators. */
export type Access = 'public' | 'user' | 'admin';

/** What every handler gets first. `request` and `reply` are for cookies, extra headers, a second success code and `raw` rows. */
export interface PublicContext {
  readonly ports: ApiPorts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The context of an operation that needs credentials: `auth` says who calls. */
export interface RequestContext extends PublicContext {
  readonly auth: Auth;
}

/** The parsed input: each part as the schema of the row left it, `undefined` where the row has no schema. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** What stands in a row besides its handler; taken from `operations.tsv` of the contract. */
interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/api`, parameters as `:name`. */
  readonly path: `/${string}`;
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

/** One operation of the API, ready to be mounted. */
export interface Route<Response = unknown> extends RouteFacts {
  readonly auth: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Not written yet: answers 501. */
  readonly notYet?: true;
  readonly handler: (
    context: RequestContext,
    input: RouteInput<never, never, never>,
  ) => Promise<Response | JsonText<Response>>;
}

/** All operations, each with the answer that the SDK expects of it. */
export type Operations = { readonly [Id in OperationId]: Route<ResponseOf<Id>> };

/** A row: its handler's input is typed by the schemas beside it, its context by `auth`. */
export function route<const A extends Access, Response, Params = undefined, Query = undefined, Body = undefined>(
  row: RouteFacts & {
    readonly auth: A;
    readonly params?: z.ZodType<Params>;
    readonly query?: z.ZodType<Query>;
    readonly body?: z.ZodType<Body>;
    readonly handler: (
      context: A extends 'public' ? PublicContext : RequestContext,
      input: RouteInput<Params, Query, Body>,
    ) => Promise<Response | JsonText<Response>>;
  },
): Route<Response> {
  return row;
}

/** A row of an operation that is not written yet: it authenticates, then answers 501. */
export function notYet(row: RouteFacts & { readonly auth: Access }): Route<never> {
  return {
    ...row,
    notYet: true,
    handler: async () => {
      throw new DarkroomError('operation/not-yet', `${row.method} ${row.path} is not implemented yet`);
    },
  };
}
