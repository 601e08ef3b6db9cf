import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateDatabase } from '#functions/migrate/main.ts';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { findFreePort } from '#test/support/service-process.ts';

const root = join(import.meta.dirname, '../..');

export interface ApiProcess extends AsyncDisposable {
  url: string;
  pid: number;
}

/** The API function alone in a process of its own, as in a pod, on a migrated PostgreSQL and a folder. Events go nowhere. */
export async function startApiProcess(options: { databaseUrl: string; dataFolder: string }): Promise<ApiProcess> {
  await migrateDatabase({ DATABASE_URL: options.databaseUrl });
  // As a volume is mounted: the API makes no folder in place of one that is not there.
  await mkdir(join(options.dataFolder, 'files'), { recursive: true });
  const port = await findFreePort();
  const child = spawn(process.execPath, [...nodeFlags, join(root, 'functions/pod/function.ts'), '--target=api'], {
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      DARKROOM_DATA: options.dataFolder,
      DARKROOM_FACES: 'false',
      DARKROOM_LOG_LEVEL: 'error',
      K_SINK: 'http://127.0.0.1:9',
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilAnswered(`${url}/api/server/ping`);
  return {
    url,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      if (child.kill('SIGKILL')) await ended;
    },
  };
}

/** Asks every 10 ms until it is answered 200. @throws after a minute */
export async function waitUntilAnswered(url: string): Promise<void> {
  for (const start = performance.now(); performance.now() - start < 60_000;) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${url} did not answer within a minute`);
}
