import type { FastifyInstance } from 'fastify';
import { checkExchange } from '#test/contract/check-response.ts';

interface Reply<Body = unknown> {
  status: number;
  body: Body;
  headers: Record<string, unknown>;
  /** The Set-Cookie values, in order. */
  cookies: string[];
}

export type Caller = <Body = Record<string, unknown>>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply<Body>>;

/** Calls the API without a socket, with `credentials` as headers and JSON bodies, and checks the responses. */
export function callerOf(app: FastifyInstance, credentials: Record<string, string> = {}): Caller {
  return async (method, path, body, headers = {}) => {
    const response = await app.inject({
      method,
      url: `/api${path}`,
      headers: { ...credentials, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    checkExchange({
      method,
      path,
      status: response.statusCode,
      contentType: response.headers['content-type'] ?? '',
      text: response.body,
    });
    const cookies = response.headers['set-cookie'] ?? [];
    return {
      status: response.statusCode,
      body: (response.body === '' ? undefined : response.json()) as never,
      headers: response.headers,
      cookies: Array.isArray(cookies) ? cookies : [cookies],
    };
  };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const apiKey = (secret: string) => ({ 'x-api-key': secret });
