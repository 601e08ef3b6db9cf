import { createClient, type ApiClient } from '#test/support/api-client.ts';

export type { ApiClient } from '#test/support/api-client.ts';

/** A user of their own, so that photos which another has uploaded are no duplicates; logged in. */
export async function addClient(admin: ApiClient, name: string): Promise<ApiClient> {
  const account = { email: `${name}@example.org`, password: 'correct horse', name };
  await admin.call('POST', '/admin/users', { ...account, shouldChangePassword: false });
  const { accessToken } = await createClient(admin.url, {}).call<{ accessToken: string }>(
    'POST',
    '/auth/login',
    account,
  );
  return createClient(admin.url, { authorization: `Bearer ${accessToken}` });
}

/** Uploads each once, `concurrency` at a time. @throws at the first that is not answered 201 */
export async function uploadAll(client: ApiClient, paths: readonly string[], concurrency: number): Promise<void> {
  const queue = paths.values();
  const work = async () => {
    for (const path of queue) {
      const { status, body } = await client.upload(path);
      if (status !== 201) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

type Jobs = Record<string, { jobCounts: Record<'active' | 'waiting' | 'failed', number> }>;

/** Waits until no stage of any asset is open, asking twice a second. @throws when one has failed */
export async function waitUntilIdle(admin: ApiClient): Promise<void> {
  for (let n = 0; n < 600; n += 1) {
    const counts = Object.values(await admin.call<Jobs>('GET', '/jobs')).map((it) => it.jobCounts);
    if (counts.some((it) => it.failed > 0)) throw new Error('a stage has failed');
    if (counts.every((it) => it.active + it.waiting === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('not idle within five minutes');
}
