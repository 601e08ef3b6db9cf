import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { markOffline } from '#shared/assets/offline-asset.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import { storeNameOf } from '#shared/store/location.ts';
import { ingestObject } from '#functions/ingest/ingest.ts';
import { removeObject } from '#functions/ingest/remove-object.ts';
import { sweep } from '#functions/sweep/sweep.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';

let api: ApiApp;
let watchedFolder: string;
beforeAll(async () => {
  watchedFolder = await mkdtemp(join(tmpdir(), 'darkroom-watched-'));
  api = await openApiApp({ env: { DARKROOM_WATCH_FOLDER: watchedFolder } });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rm(watchedFolder, { recursive: true, force: true });
});

const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('base64');
const date = '2024-05-06T07:08:09.000Z';

async function upload(client: ApiClient, bytes: Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const field of ['fileCreatedAt', 'fileModifiedAt']) form.append(field, date);
  form.append('assetData', new Blob([bytes]), 'a.jpg');
  const response = await client.fetch('/assets', { method: 'POST', body: form, headers });
  return { status: response.status, body: (await response.json()) as { id: string; status: string } };
}

async function check(client: ApiClient, bytes: Buffer): Promise<string> {
  const assets = [{ id: 'x', checksum: sha1(bytes) }];
  const { results } = await client.call<{ results: { action: string; assetId?: string }[] }>(
    'POST',
    '/assets/bulk-upload-check',
    { assets },
  );
  return [results[0]?.action, results[0]?.assetId].filter(Boolean).join(' ');
}

interface Shown {
  id: string;
  checksum: string;
  originalPath: string;
  isTrashed: boolean;
  isOffline: boolean;
}
const show = (client: ApiClient, id: string) => client.call<Shown>('GET', `/assets/${id}`);
const pathOf = async (client: ApiClient, id: string) => join(api.storeFolder, (await show(client, id)).originalPath);

async function expectServed(client: ApiClient, id: string, bytes: Buffer): Promise<void> {
  const response = await client.fetch(`/assets/${id}/original`);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
}

const newLabel = () => `label-${randomBytes(4).toString('hex')}`;
const usageOf = async (userId: string) =>
  (await api.db.selectFrom('user').select('quotaUsageInBytes').where('id', '=', userId).executeTakeFirstOrThrow())
    .quotaUsageInBytes;

describe.each([
  [
    "the store's own library/",
    (label: string) => ({ location: `library/${label}/a.jpg`, file: `library/${label}/a.jpg` }),
  ],
  [
    'a watched folder',
    (label: string) => ({ location: join(watchedFolder, label, 'a.jpg'), file: join(watchedFolder, label, 'a.jpg') }),
  ],
])('bytes of a watched file, in %s', (_where, placeOf) => {
  const watch = async (bytes: Buffer) => {
    const storageLabel = newLabel();
    const client = await api.newUser({ storageLabel });
    const { location, file } = placeOf(storageLabel);
    const path = file.startsWith('/') ? file : join(api.storeFolder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    const ingest = () => ingestObject(api.ports, { key: location }, AbortSignal.timeout(10_000));
    const ingested = await ingest();
    if (!('assetId' in ingested)) throw new Error(ingested.outcome);
    const stateOfFile = async () =>
      (await findStoredObject(api.db, { store: storeNameOf(api.store, location), key: location }))?.state;
    return { client, id: ingested.assetId, path, location, ingest, stateOfFile };
  };

  test('must be uploaded, and become the original of the same asset', async () => {
    const bytes = randomBytes(5000);
    const { client, id, path, location, ingest, stateOfFile } = await watch(bytes);
    const usage = await usageOf(client.userId);
    expect(await check(client, bytes)).toBe('accept');
    expect((await show(client, id)).checksum).not.toBe(sha1(bytes));

    expect(await upload(client, bytes, { 'x-immich-checksum': sha1(bytes) })).toEqual({
      status: 200,
      body: { id, status: 'duplicate' },
    });
    expect(await show(client, id)).toMatchObject({ checksum: sha1(bytes), isOffline: false, isTrashed: false });
    expect((await show(client, id)).originalPath).toMatch(/^upload\//);
    expect(await check(client, bytes)).toBe(`reject ${id}`);
    expect([await stateOfFile(), await usageOf(client.userId)]).toEqual(['duplicate', usage]);
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(await ingest()).toEqual({ outcome: 'known' });

    await rm(path);
    expect(await removeObject(api.ports, { key: location })).toBe('forgotten');
    await expectServed(client, id, bytes);
    expect(await stateOfFile()).toBeUndefined();
  });

  test('whose file is missing are restored by the upload', async () => {
    const bytes = randomBytes(5000);
    const { client, id, path, location, stateOfFile } = await watch(bytes);
    await rm(path);
    expect(await removeObject(api.ports, { key: location })).toBe('offline');
    expect((await upload(client, bytes)).body).toEqual({ id, status: 'duplicate' });
    expect(await show(client, id)).toMatchObject({ isOffline: false, isTrashed: false });
    expect(await stateOfFile()).toBeUndefined();
    await expectServed(client, id, bytes);
  });

  test('whose asset is in the trash stay there, with a new retention time', async () => {
    const bytes = randomBytes(5000);
    const { client, id } = await watch(bytes);
    await throwAwayLongAgo(client, id);
    expect((await upload(client, bytes)).body).toEqual({ id, status: 'duplicate' });
    await nightfall();
    expect(await show(client, id)).toMatchObject({ isTrashed: true });
    await expectServed(client, id, bytes);
  });
});

async function throwAwayLongAgo(client: ApiClient, id: string): Promise<void> {
  await client.call('DELETE', '/assets', { ids: [id] });
  await api.db
    .updateTable('asset')
    .set({ deletedAt: new Date(Date.now() - 60 * 24 * 60 * 60 * 1000) })
    .where('id', '=', id)
    .execute();
}

const nightfall = () => sweep({ ...api.ports, holder: 'night' }, { isNightly: true });

describe('bytes of an earlier upload', () => {
  test.each<[string, (path: string) => Promise<void>]>([
    ['are not there any more', (path) => rm(path)],
    ['are there in part', (path) => truncate(path, 10)],
  ])('that %s must be uploaded again, although the asset is not offline yet', async (_what, harm) => {
    const client = await api.newUser();
    const bytes = randomBytes(5000);
    const { id } = (await upload(client, bytes)).body;
    expect(await check(client, bytes)).toBe(`reject ${id}`);
    await harm(await pathOf(client, id));
    expect(await check(client, bytes)).toBe('accept');
    expect(await upload(client, bytes, { 'x-immich-checksum': sha1(bytes) })).toEqual({
      status: 200,
      body: { id, status: 'duplicate' },
    });
    await expectServed(client, id, bytes);
    expect(await check(client, bytes)).toBe(`reject ${id}`);
    expect(await usageOf(client.userId)).toBe(5000);
  });

  test.each([
    ['is known', true],
    ['is not known', false],
  ])('that are in the trash, and whose loss %s, leave the trash after an upload', async (_what, isKnown) => {
    const client = await api.newUser();
    const bytes = randomBytes(5000);
    const { id } = (await upload(client, bytes)).body;
    await rm(await pathOf(client, id));
    await throwAwayLongAgo(client, id);
    if (isKnown) await markOffline(api.db, id);
    expect((await upload(client, bytes)).body).toEqual({ id, status: 'duplicate' });
    await nightfall();
    expect(await show(client, id)).toMatchObject({ isTrashed: false, isOffline: false });
    await expectServed(client, id, bytes);
  });

  test.each([
    ['sends them', false],
    ['announces them', true],
  ])('that are in the trash get a new retention time when an upload %s', async (_what, announced) => {
    const client = await api.newUser();
    const bytes = randomBytes(5000);
    const { id } = (await upload(client, bytes)).body;
    await throwAwayLongAgo(client, id);
    const headers: Record<string, string> = announced ? { 'x-immich-checksum': sha1(bytes) } : {};
    expect((await upload(client, bytes, headers)).body).toEqual({ id, status: 'duplicate' });
    await nightfall();
    expect(await show(client, id)).toMatchObject({ isTrashed: true });
    expect((await stat(await pathOf(client, id))).size).toBe(5000);
  });
});
