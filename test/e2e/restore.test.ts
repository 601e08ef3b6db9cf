import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { logIn, signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { postgresProgram } from '#test/support/postgres-server.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';
import { readTimeline } from './story.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const inPostgres = (program: string) => join(dirname(postgresProgram), program);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-restore-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function start(home: string, databaseUrl: string) {
  const dataFolder = join(folder, home);
  const env = { DATABASE_URL: databaseUrl, DARKROOM_FACES: 'false' };
  const darkroom = await startDarkroom({ dataFolder, env });
  onTestFinished(() => darkroom.killAll());
  return darkroom;
}

/** `darkroom admin`, as its Job runs it. */
async function admin(home: string, databaseUrl: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, DARKROOM_DATA: join(folder, home), DARKROOM_FACES: 'false' };
  const command = [join(root, 'functions/pod/function.ts'), '--target=admin', '--', ...args];
  const { stdout } = await run(process.execPath, command, { env });
  return stdout;
}

async function upload(client: ApiClient, path: string): Promise<string> {
  const { status, body } = await client.upload(path);
  expect(status).toBe(201);
  return body.id;
}

const originalOf = async (client: ApiClient, id: string) => {
  const response = await client.fetch(`/assets/${id}/original`);
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
};

describeWithService('postgres', 'a restore by the operations guide', () => {
  test('restores every photo, also those that were uploaded between the dump and the snapshot of the files', async () => {
    const server = await sharedPostgres();
    await using lost = await server.createDatabase();
    const photoFolder = join(folder, 'photos');
    await makeCameraPhotos(photoFolder, 7, { megapixels: 1, seed: 3 });
    const photos = (await readdir(photoFolder)).toSorted().map((name) => join(photoFolder, name));
    const sent = new Map<string, string>();

    const before = await start('before', lost.url);
    const client = await signUp(before.url);
    for (const path of photos.slice(0, 4)) sent.set(await upload(client, path), path);
    const [deleted = '', ...kept] = sent.keys();
    const album = await client.call<{ id: string }>('POST', '/albums', { albumName: 'Summer', assetIds: kept });
    await waitUntilSettled(client);

    const dump = join(folder, 'darkroom.dump');
    await run(inPostgres('pg_dump'), ['--format=custom', '--file', dump, lost.url]);
    for (const path of photos.slice(4)) sent.set(await upload(client, path), path);
    await client.call('DELETE', '/assets', { ids: [deleted], force: true });
    await waitUntilSettled(client);
    await expect.poll(async () => (await originalOf(client, deleted)).status).not.toBe(200);
    const filesOf = (home: string) => join(folder, home, 'files');
    await expect
      .poll(async () => (await readdir(filesOf('before'), { recursive: true })).join(' '))
      .not.toContain(`${deleted}.`);
    // Thumbnails are not part of the backup.
    await cp(join(filesOf('before'), 'upload'), join(filesOf('after'), 'upload'), { recursive: true });
    await before.stop();

    await using found = await server.createDatabase();
    await run(inPostgres('pg_restore'), ['--clean', '--if-exists', '--no-owner', '--dbname', found.url, dump]);
    await admin('after', found.url, 'store', 'adopt');
    const verified = await admin('after', found.url, 'verify', '--restored', '--repair', '--json');
    expect(JSON.parse(verified)).toMatchObject({
      originals: 7,
      originalsAdopted: 3,
      originalsMissing: 1,
      originalsUnknown: 0,
    });

    await admin('after', found.url, 'store', 'resume');

    const after = await start('after', found.url);
    const again = await logIn(after.url);
    const queues = await waitUntilSettled(again);
    expect(Object.values(queues).map((it) => it.jobCounts.failed)).toEqual(Object.values(queues).map(() => 0));
    sent.delete(deleted);
    expect(new Set(await readTimeline(again))).toEqual(new Set(sent.keys()));
    for (const [id, path] of sent) {
      expect((await originalOf(again, id)).bytes.equals(await readFile(path))).toBe(true);
      expect((await again.fetch(`/assets/${id}/thumbnail`)).status).toBe(200);
    }
    expect(await again.call('GET', `/albums/${album.id}`)).toMatchObject({ assetCount: kept.length });
    const { status, body } = await again.upload(photos[6] ?? '');
    expect([status, body.status, sent.has(body.id)]).toEqual([200, 'duplicate', true]);
    await after.stop();
  });
});
