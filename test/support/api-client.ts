import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkExchange } from '#test/contract/check-response.ts';

export interface ApiClient {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Returns the JSON of a 2xx; throws with status and body of any other response. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  upload(
    path: string,
    fields?: Record<string, string>,
  ): Promise<{ status: number; body: { id: string; status: string } }>;
}

/** A client that sends `headers` with every call, adds `/api` to every path, and checks the shape of every JSON response. */
export function createClient(url: string, headers: Record<string, string>): ApiClient {
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}/api${path}`, {
      ...init,
      headers: { ...headers, ...(init.headers as object) },
    });
    const { status } = response;
    const contentType = response.headers.get('content-type') ?? '';
    if (contentType.startsWith('application/json') && init.method !== 'HEAD') {
      const text = await response.clone().text();
      checkExchange({ method: init.method ?? 'GET', path, status, contentType, text });
    }
    return response;
  };
  return {
    url,
    headers,
    fetch: send,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const init =
        body === undefined
          ? { method }
          : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await send(path, init);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async upload(path, fields = {}) {
      const { mtime } = await stat(path);
      const form = new FormData();
      form.set('fileCreatedAt', mtime.toISOString());
      form.set('fileModifiedAt', mtime.toISOString());
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set('assetData', await openAsBlob(path), basename(path));
      const response = await send('/assets', { method: 'POST', body: form });
      return { status: response.status, body: (await response.json()) as { id: string; status: string } };
    },
  };
}

const admin = { email: 'ada@example.org', password: 'correct horse', name: 'Ada' };

/** Signs up the first administrator, logs in and creates an API key with all permissions. */
export async function signUp(url: string): Promise<ApiClient & { apiKey: string }> {
  const anonymous = createClient(url, {});
  await anonymous.call('POST', '/auth/admin-sign-up', admin);
  return logIn(url);
}

export async function logIn(url: string): Promise<ApiClient & { apiKey: string }> {
  const { accessToken } = await createClient(url, {}).call<{ accessToken: string }>('POST', '/auth/login', admin);
  const user = createClient(url, { authorization: `Bearer ${accessToken}` });
  const { secret } = await user.call<{ secret: string }>('POST', '/api-keys', { name: 'test', permissions: ['all'] });
  return { ...user, apiKey: secret };
}

type Queues = Record<string, { jobCounts: { active: number; waiting: number; failed: number; paused: number } }>;

/** Waits until no stage of any asset is open, and returns the queues. */
export async function waitUntilSettled(client: ApiClient, timeoutMs = 240_000): Promise<Queues> {
  let queues: Queues = {};
  for (const start = Date.now(); Date.now() - start < timeoutMs;) {
    // A server that is being restarted may not answer.
    const answer = await client.call<Queues>('GET', '/jobs').catch((error: unknown) => {
      if (error instanceof TypeError) return undefined;
      throw error;
    });
    queues = answer ?? queues;
    const open =
      answer === undefined
        ? 1
        : Object.values(queues).reduce((sum, { jobCounts: it }) => sum + it.active + it.waiting, 0);
    if (open === 0) return queues;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not settled after ${timeoutMs} ms: ${JSON.stringify(queues)}`);
}
