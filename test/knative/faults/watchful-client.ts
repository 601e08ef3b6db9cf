import type { ApiClient } from '#test/support/api-client.ts';
import { sleep } from './fault-lab.ts';

export interface Watched extends AsyncDisposable {
  /** The number of each response by request. */
  readonly answers: Map<string, number>;
}

/**
 * An open app: requests its user and its photos twice a second. Records the responses, since an app that gets a 401
 * deletes its local data.
 */
export function watchAnswers({ url, headers }: ApiClient, paths = ['/users/me', '/assets/statistics']): Watched {
  const answers = new Map<string, number>();
  const over = new AbortController();
  const ask = async (path: string) => {
    while (!over.signal.aborted) {
      const answer = await fetch(`${url}/api${path}`, { headers, signal: AbortSignal.timeout(60_000) }).then(
        async (response) => {
          const type = (response.headers.get('content-type') ?? 'no content type').split(';')[0] ?? '';
          const body = await response.text();
          const message = type === 'application/json' ? '' : ` ${body.slice(0, 60)}`;
          return `${response.status} ${type}${message}`;
        },
        (error: unknown) => `no answer (${error instanceof Error ? error.name : String(error)})`,
      );
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await sleep(500);
    }
  };
  const asking = Promise.all(paths.map(ask));
  return {
    answers,
    async [Symbol.asyncDispose]() {
      over.abort();
      await asking;
    },
  };
}
