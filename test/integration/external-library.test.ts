import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fn as ingest } from '#functions/ingest/main.ts';
import { fn as metadata } from '#functions/metadata/main.ts';
import { fn as sweep } from '#functions/sweep/main.ts';
import { fn as thumbnail } from '#functions/thumbnail/main.ts';
import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { newId } from '#shared/ids/ids.ts';
import { closeMetadataReaders } from '#shared/media/read-metadata.ts';
import type { EventFunction, Platform } from '#shared/platform/platform.ts';
import { derivedKey } from '#shared/store/asset-keys.ts';
import { fixture, type FixtureName } from '#test/fixtures/index.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { signUp, type ApiClient } from '#test/support/api-client.ts';
import { deliver } from '#test/support/pipeline.ts';
import { stateOf } from '#test/support/rows.ts';

interface Asset {
  id: string;
  libraryId: string | null;
  isOffline: boolean;
  isTrashed: boolean;
  checksum: string;
  thumbhash: string | null;
  exifInfo: { make: string | null; description: string; rating: number | null };
}

let root: string;
let api: ApiApp;
let platform: Platform;
let client: ApiClient;
let ownerId: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'darkroom-external-library-')));
  await mkdir(join(root, 'photos'));
  api = await openApiApp({ env: { DARKROOM_EXTERNAL_FOLDERS: join(root, 'photos'), DARKROOM_FACES: 'false' } });
  client = await signUp(await api.listen());
  ownerId = (await client.call<{ id: string }>('GET', '/users/me')).id;
  platform = {
    ...api.ports,
    publish: () => Promise.resolve(),
    signal: new AbortController().signal,
  };
});
afterAll(async () => {
  await closeMetadataReaders();
  await api[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const run = async (fn: EventFunction, event: DarkroomEvent) => {
  const { status } = await deliver(await fn.create(platform), event);
  expect(status).toBeLessThan(300);
};
const tell = (type: 'created' | 'removed', key: string) => {
  const data = type === 'created' ? { store: 'external', key, sizeBytes: 1, version: 'v' } : { store: 'external', key };
  const time = new Date().toISOString();
  return run(ingest, {
    id: newId(),
    type: `photos.darkroom.object.${type}.v1`,
    source: '/t',
    subject: key,
    time,
    data,
  });
};
async function process(assetId: string): Promise<void> {
  const subject = { assetId, ownerId, assetType: 'IMAGE' };
  await run(metadata, assetEvent('photos.darkroom.asset.created.v1', subject, newId()));
  await run(thumbnail, assetEvent('photos.darkroom.asset.described.v1', subject, newId()));
}
async function newLibrary(name: string) {
  const path = join(root, 'photos', name);
  await mkdir(path);
  const library = await client.call<{ id: string }>('POST', '/libraries', { ownerId, importPaths: [path] });
  return { id: library.id, path };
}
async function findId(path: string): Promise<string> {
  const row = await api.db.selectFrom('asset').select('id').where('originalPath', '=', path).executeTakeFirst();
  return row?.id ?? '';
}
const assetOf = (id: string) => client.call<Asset>('GET', `/assets/${id}`);
async function listTimeline(): Promise<string[]> {
  const months = await client.call<{ timeBucket: string }[]>('GET', '/timeline/buckets');
  const pages = await Promise.all(
    months.map(({ timeBucket }) => client.call<{ id: string[] }>('GET', `/timeline/bucket?timeBucket=${timeBucket}`)),
  );
  return pages.flatMap((page) => page.id);
}

/** Copies a picture, and its sidecar if it has one, into a library, and runs all stages. */
async function add(folder: string, name: FixtureName, fileName = `${name}.jpg`) {
  const source = await fixture(name);
  const path = join(folder, fileName);
  await copyFile(source.path, path);
  if (source.sidecarPath !== undefined) await copyFile(source.sidecarPath, `${path}.xmp`);
  await tell('created', path);
  const id = await findId(path);
  await process(id);
  return { id, path, source };
}

test('photos of a library pass all stages, and are shown and sent like all others', async () => {
  const { id: libraryId, path: folder } = await newLibrary('whole-way');
  const names = ['xmp-tags', 'iptc-keywords', 'with-sidecar'] as const;
  for (const name of names) {
    const { id, source } = await add(folder, name);
    const bytes = await readFile(source.path);
    const asset = await assetOf(id);
    const { rating = null, description = '' } = source.truth;
    expect(asset).toMatchObject({ libraryId, isOffline: false, isTrashed: false, exifInfo: { rating, description } });
    expect(asset.thumbhash).not.toBeNull();
    expect(Buffer.from(await (await client.fetch(`/assets/${id}/original`)).arrayBuffer())).toEqual(bytes);
    const part = await client.fetch(`/assets/${id}/original`, { headers: { range: 'bytes=0-9' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    for (const size of ['thumbnail', 'preview'])
      expect((await client.fetch(`/assets/${id}/thumbnail?size=${size}`)).status).toBe(200);
    expect(await listTimeline()).toContain(id);
    const info = await client.call('POST', '/download/info', { assetIds: [id] });
    expect(info).toMatchObject({ totalSize: bytes.length });
  }
  const statistics = await client.call('GET', `/libraries/${libraryId}/statistics`);
  expect(statistics).toMatchObject({ photos: names.length, videos: 0, total: names.length });
  expect(await readdir(folder)).toHaveLength(names.length + 1);
});

test('each derivative is made from its own file, though file descriptors are reused', async () => {
  const { path: folder } = await newLibrary('descriptors');
  const hashes = new Set<string | null>();
  for (const name of ['xmp-tags', 'panorama', 'iptc-keywords'] as const) {
    const { id, source } = await add(folder, name, (await fixture(name)).fileName);
    const { width, height } = await client.call<{ width: number; height: number }>('GET', `/assets/${id}`);
    expect({ width, height }).toEqual({ width: source.truth.width, height: source.truth.height });
    hashes.add((await assetOf(id)).thumbhash);
  }
  expect(hashes.size).toBeGreaterThan(1);
});

test('a phone still uploads photos that a library has, since Darkroom does not control files of a library', async () => {
  const { path: folder } = await newLibrary('phone');
  const { id, path } = await add(folder, 'rating-zero');
  const checksum = createHash('sha1')
    .update(await readFile(path))
    .digest('base64');
  expect((await assetOf(id)).checksum).toBe(createHash('sha1').update(`path:${path}`).digest('base64'));
  const check = await client.call('POST', '/assets/bulk-upload-check', { assets: [{ id: 'x', checksum }] });
  expect(check).toMatchObject({ results: [{ action: 'accept' }] });
  const { status, body } = await client.upload(path);
  expect(status).toBe(201);
  expect((await assetOf(body.id)).checksum).toBe(checksum);
});

test('other bytes in the same file make new derivatives and keep edits of users', async () => {
  const { path: folder } = await newLibrary('changed');
  const { id, path } = await add(folder, 'xmp-tags');
  const before = await assetOf(id);
  await client.call('PUT', `/assets/${id}`, { description: 'Mine', isFavorite: true });
  await copyFile((await fixture('panorama')).path, path);
  await tell('created', path);
  await process(id);
  const after = await assetOf(id);
  expect(after).toMatchObject({ id, isFavorite: true, exifInfo: { description: 'Mine', rating: null } });
  expect(after.thumbhash).not.toBe(before.thumbhash);
});

test('an offline photo is hidden, kept by every sweep, and returns with its album and finished stages', async () => {
  const { path: folder } = await newLibrary('away');
  const { id, path } = await add(folder, 'xmp-tags');
  const album = await client.call<{ id: string }>('POST', '/albums', { albumName: 'Trip', assetIds: [id] });
  await rename(path, `${path}.away`);
  await tell('removed', path);
  expect(await listTimeline()).not.toContain(id);
  expect(await assetOf(id)).toMatchObject({ isOffline: true, isTrashed: true });
  expect((await client.fetch(`/assets/${id}/original`)).status).toBe(404);
  expect((await client.fetch(`/assets/${id}/thumbnail`)).status).toBe(200);

  await sql`update asset set "deletedAt" = now() - interval '5 years' where "id" = ${id}`.execute(api.db);
  const ping = { headers: pingHeaders, body: Buffer.from('{}') };
  expect((await (await sweep.create(platform))(ping, platform.signal)).status).toBe(204);
  expect(await client.call('POST', '/trash/empty')).toEqual({ count: 0 });
  await client.call('POST', '/trash/restore/assets', { ids: [id] });
  expect(await assetOf(id)).toMatchObject({ isOffline: true, isTrashed: true });

  await rename(`${path}.away`, path);
  await tell('created', path);
  expect(await assetOf(id)).toMatchObject({ isOffline: false, isTrashed: false });
  expect([await stateOf(api.db, id, 'metadata'), await stateOf(api.db, id, 'thumbnail')]).toEqual(['done', 'done']);
  expect(await listTimeline()).toContain(id);
  expect(await client.call('GET', `/albums/${album.id}`)).toMatchObject({ assetCount: 1 });
});

test('a permanently deleted photo loses its derivatives, its file stays, and it is not added again', async () => {
  const { path: folder } = await newLibrary('deleted');
  const { id, path } = await add(folder, 'xmp-tags');
  const keys = [derivedKey(ownerId, id, 'thumbnail.webp'), derivedKey(ownerId, id, 'preview.jpeg')];
  for (const key of keys) expect(await api.store.find(key)).toBeDefined();
  await client.call('DELETE', '/assets', { ids: [id], force: true });
  await run(sweep, assetEvent('photos.darkroom.asset.deleted.v1', { assetId: id, ownerId, assetType: 'IMAGE' }, '1'));
  for (const key of keys) expect(await api.store.find(key)).toBeUndefined();
  expect(await readdir(folder)).toEqual(['xmp-tags.jpg']);
  await tell('created', path);
  expect(await findId(path)).toBe('');
});

test('a deleted library is missing from every list at once, and its files stay', async () => {
  const { id: libraryId, path: folder } = await newLibrary('gone');
  const { id } = await add(folder, 'xmp-tags');
  const before = await listTimeline();
  await client.call('DELETE', `/libraries/${libraryId}`);
  expect(await listTimeline()).toEqual(before.filter((it) => it !== id));
  await expect.poll(() => api.published.map((event) => event.subject)).toContain(id);
  await run(sweep, assetEvent('photos.darkroom.asset.deleted.v1', { assetId: id, ownerId, assetType: 'IMAGE' }, '1'));
  expect(await api.store.find(derivedKey(ownerId, id, 'preview.jpeg'))).toBeUndefined();
  expect(await readdir(folder)).toEqual(['xmp-tags.jpg']);
});

test('a changed path or pattern hides photos that it no longer includes', async () => {
  const { id: libraryId, path: folder } = await newLibrary('narrowed');
  const [shown, hidden] = [await add(folder, 'xmp-tags'), await add(folder, 'iptc-keywords')];
  const removed = () => api.published.filter((it) => it.type.endsWith('object.removed.v1')).map((it) => it.subject);
  await client.call('PUT', `/libraries/${libraryId}`, { exclusionPatterns: ['**/iptc-*'] });
  await expect.poll(removed).toContain(hidden.path);
  expect(removed()).not.toContain(shown.path);
  await tell('removed', hidden.path);
  expect([(await assetOf(shown.id)).isOffline, (await assetOf(hidden.id)).isOffline]).toEqual([false, true]);
  await client.call('PUT', `/libraries/${libraryId}`, { importPaths: [] });
  await expect.poll(removed).toContain(shown.path);
});

const pingHeaders = {
  'ce-id': '1',
  'ce-type': pingType,
  'ce-source': '/ping',
  'ce-specversion': '1.0',
  'ce-schedule': 'nightly',
  'content-type': 'application/json',
};
