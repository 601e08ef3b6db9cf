import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { logIn, signUp } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';

const root = join(import.meta.dirname, '../..');

/** As `npm run admin`, in a process of its own. */
async function admin(env: Record<string, string>, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ['knative/local/admin.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`admin ${args.join(' ')} ended with ${child.exitCode}: ${err}`);
  return out;
}

describeWithService('postgres', 'a move from the embedded database to PostgreSQL', () => {
  test('exports a running installation, and continues with the same store on PostgreSQL', async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-move-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const dataFolder = join(folder, 'data');
    const { url } = stack.use(await (await sharedPostgres()).createDatabase());
    const photo = join(folder, 'a.jpg');
    await writeFile(photo, 'not a picture, but somebody’s bytes');

    const old = await startDarkroom({ dataFolder, env: { DARKROOM_FACES: 'false' } });
    stack.defer(() => old.killAll());
    const ada = await signUp(old.url);
    const { body: uploaded } = await ada.upload(photo);
    const album = await ada.call<{ id: string }>('POST', '/albums', { albumName: 'Summer', assetIds: [uploaded.id] });
    const file = join(folder, 'darkroom.jsonl.gz');
    await admin({}, '--data', dataFolder, 'export', file);
    await old.stop();

    const env = { DATABASE_URL: url, DARKROOM_FACES: 'false' };
    await admin(env, '--data', dataFolder, 'import', file);
    const moved = await startDarkroom({ dataFolder, env });
    stack.defer(() => moved.killAll());
    const same = { ...(await logIn(moved.url)) };
    expect(await same.call('GET', `/albums/${album.id}`)).toMatchObject({ albumName: 'Summer', assetCount: 1 });
    const original = await same.fetch(`/assets/${uploaded.id}/original`);
    expect(await original.text()).toBe('not a picture, but somebody’s bytes');
    expect((await same.upload(photo)).body).toEqual({ id: uploaded.id, status: 'duplicate' });
  });
});
