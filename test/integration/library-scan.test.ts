import { copyFile, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fn as ingest } from '#functions/ingest/main.ts';
import { fn as metadata } from '#functions/metadata/main.ts';
import { fn as watchNfs } from '#functions/watch-nfs/main.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { closeMetadataReaders } from '#shared/media/read-metadata.ts';
import type { EventFunction, Platform } from '#shared/platform/platform.ts';
import { fixture, type FixtureName } from '#test/fixtures/index.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { signUp, type ApiClient } from '#test/support/api-client.ts';
import { deliver } from '#test/support/pipeline.ts';

interface Asset {
  id: string;
  isOffline: boolean;
  exifInfo: { description: string; rating: number | null };
}

let root: string;
let api: ApiApp;
let platform: Platform;
let client: ApiClient;
let libraryId: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'darkroom-library-scan-')));
  await mkdir(join(root, 'photos'));
  api = await openApiApp({ env: { DARKROOM_EXTERNAL_FOLDERS: root, DARKROOM_FACES: 'false' } });
  client = await signUp(await api.listen());
  platform = { ...api.ports, publish: () => Promise.resolve(), signal: new AbortController().signal };
  const { id: ownerId } = await client.call<{ id: string }>('GET', '/users/me');
  const importPaths = [join(root, 'photos')];
  libraryId = (await client.call<{ id: string }>('POST', '/libraries', { ownerId, importPaths })).id;
});
afterAll(async () => {
  await closeMetadataReaders();
  await api[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const receivers: Record<string, EventFunction> = {
  'photos.darkroom.scan.requested.v1': watchNfs,
  'photos.darkroom.object.created.v1': ingest,
  'photos.darkroom.object.removed.v1': ingest,
  'photos.darkroom.asset.created.v1': metadata,
};
let handed = 0;
/** Delivers the events, as the Broker does. */
async function handOn(): Promise<void> {
  for (; handed < api.published.length; handed += 1) {
    const event = api.published[handed] as DarkroomEvent;
    const receiver = receivers[event.type];
    if (receiver !== undefined)
      expect((await deliver(await receiver.create(platform), event)).status).toBeLessThan(300);
  }
}
const counts = async (name: string) => {
  const { statistics } = await client.call<{ statistics: { active: number; waiting: number } }>(
    'GET',
    `/queues/${name}`,
  );
  return statistics.active + statistics.waiting;
};
/** Requests a scan and waits until the queues are empty, as clients do. */
async function scan(): Promise<void> {
  const over = new AbortController();
  const handing = (async () => {
    while (!over.signal.aborted) {
      await setTimeout(300);
      await handOn();
    }
  })();
  await client.call('POST', `/libraries/${libraryId}/scan`);
  for (const name of ['library', 'sidecar', 'metadataExtraction'])
    while ((await counts(name)) > 0) await setTimeout(50);
  over.abort();
  await handing;
}
async function add(name: FixtureName, fileName: string, sidecarName?: string): Promise<void> {
  const { path, sidecarPath } = await fixture(name);
  await copyFile(path, join(root, 'photos', fileName));
  if (sidecarName !== undefined) await copyFile(sidecarPath ?? '', join(root, 'photos', sidecarName));
}
async function assetOf(fileName: string): Promise<Asset> {
  const path = join(root, 'photos', fileName);
  const { id } = await api.db
    .selectFrom('asset')
    .select('id')
    .where('originalPath', '=', path)
    .executeTakeFirstOrThrow();
  return await client.call<Asset>('GET', `/assets/${id}`);
}

test('when the queues are idle after a requested scan, all found photos are assets', async () => {
  await add('with-sidecar', 'a.jpg', 'a.jpg.XMP');
  await add('xmp-tags', 'b.jpg');
  await add('panorama', 'c.jpg');
  await scan();
  const { isOffline, exifInfo } = await assetOf('a.jpg');
  expect(isOffline).toBe(false);
  expect(exifInfo).toMatchObject({ description: 'From the sidecar', rating: 5 });
  for (const name of ['b.jpg', 'c.jpg']) expect((await assetOf(name)).isOffline).toBe(false);
});

test('a photo that a scan finds missing is offline, and online after the next scan if it is back', async () => {
  await rm(join(root, 'photos/b.jpg'));
  await scan();
  expect((await assetOf('b.jpg')).isOffline).toBe(true);
  expect((await assetOf('c.jpg')).isOffline).toBe(false);
  await add('xmp-tags', 'b.jpg');
  await scan();
  expect((await assetOf('b.jpg')).isOffline).toBe(false);
});

test("after a sidecar was deleted, the next scan restores the photo's own values", async () => {
  await rm(join(root, 'photos/a.jpg.XMP'));
  await scan();
  const { isOffline, exifInfo } = await assetOf('a.jpg');
  expect(isOffline).toBe(false);
  expect(exifInfo).toMatchObject({ description: 'From the file', rating: null });
});
