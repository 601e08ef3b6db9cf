import type { ApiClient } from '#test/support/api-client.ts';
import { sleep } from './fault-lab.ts';

export interface Watched extends AsyncDisposable {
  /** How often each request was answered how. */
  readonly answers: Map<string, number>;
}

/**
 * An app that is open meanwhile: asks who it is and for its photos, twice a second. An app that hears 401 forgets its
 * photos, so what it hears is kept.
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
