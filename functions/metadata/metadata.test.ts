import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRealPhotos } from '#test/support/real-photos.ts';
import { fn as thumbnail } from '#functions/thumbnail/main.ts';
import { findAsset } from '#shared/assets/asset.ts';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import { setSidecar } from '#shared/assets/sidecar.ts';
import { redriveStage } from '#shared/stages/stage-queue.ts';
import { inspectImage } from '#shared/media/inspect-image.ts';
import { closeMetadataReaders } from '#shared/media/read-metadata.ts';
import { wakeEvent } from '#shared/pipeline/stage-events.ts';
import { buildPngOfTexts } from '#test/fixtures/png-bomb.ts';
import { fixture, listFixtures, type Fixture } from '#test/fixtures/index.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
let ownerId: string;
beforeAll(async () => {
  platform = await openTestPlatform({ DARKROOM_FACES: 'false' });
  ownerId = await addUser(platform.db);
});
afterAll(async () => {
  await closeMetadataReaders();
  await platform[Symbol.asyncDispose]();
});

async function add(path: string, originalFileName: string): Promise<string> {
  return addBytes(await readFile(path), originalFileName);
}

async function addBytes(bytes: Buffer, originalFileName: string): Promise<string> {
  const { id } = await addAsset(platform.db, ownerId, { originalFileName });
  const asset = await findAsset(platform.db, id);
  await platform.store.put(asset?.originalPath ?? '', bytes);
  return id;
}

async function run(stage: 'metadata' | 'thumbnail', assetId: string): Promise<void> {
  const handler = await (stage === 'metadata' ? fn : thumbnail).create(platform);
  const { status } = await deliver(handler, wakeEvent(stage, { assetId, ownerId, assetType: 'IMAGE' }, 'test'));
  expect(status).toBeLessThan(300);
}

async function readAgain(assetId: string): Promise<void> {
  await redriveStage(platform.db, { assetId, stage: 'metadata' });
  await run('metadata', assetId);
}

async function shapeOf(id: string) {
  const asset = await findAsset(platform.db, id);
  const exif = await platform.db
    .selectFrom('asset_exif')
    .select(['exifImageWidth', 'exifImageHeight', 'orientation'])
    .where('assetId', '=', id)
    .executeTakeFirst();
  return { width: asset?.width, height: asset?.height, ...exif };
}

/** The size of the preview, which for pictures as small as these is that of the picture. */
async function previewSizeOf(id: string) {
  await using preview = await platform.store.toLocalFile(
    (await findAssetFilePath(platform.db, id, 'preview')) ?? 'none',
  );
  return (await inspectImage(preview.path, preview.path)).size;
}

async function putSidecar(id: string, path: string): Promise<void> {
  const asset = await findAsset(platform.db, id);
  const key = `${asset?.originalPath}.xmp`;
  await platform.store.put(key, await readFile(path));
  await setSidecar(platform.db, id, key);
  await run('metadata', id);
}

/** Width, height and orientation are those of the picture, also after a second run. */
async function expectShape(id: string, name: string): Promise<void> {
  const shape = await shapeOf(id);
  expect(await previewSizeOf(id), name).toEqual({ width: shape.width, height: shape.height });
  const turned = Number(shape.orientation) >= 5;
  expect([shape.exifImageWidth, shape.exifImageHeight], name).toEqual(
    turned ? [shape.height, shape.width] : [shape.width, shape.height],
  );
  await readAgain(id);
  expect(await shapeOf(id), name).toEqual(shape);
}

const isSmall = ({ truth: { outcome, width = 0, height = 0 } }: Fixture) =>
  outcome === 'rendered' && Math.min(width, height) <= 1440 && Math.max(width, height) <= 2000;

test('width, height and orientation agree with the picture, also after a second run', async () => {
  const fixtures = (await listFixtures()).filter(isSmall);
  expect(fixtures.length).toBeGreaterThan(40);
  for (const { name, path, fileName, sidecarPath, truth } of fixtures) {
    const id = await add(path, fileName);
    await run('metadata', id);
    const early = await shapeOf(id);
    expect(early, name).toMatchObject({ width: truth.width, height: truth.height });
    await run('thumbnail', id);
    expect(await shapeOf(id), name).toEqual(early);
    if (sidecarPath !== undefined) await putSidecar(id, sidecarPath);
    await expectShape(id, name);
  }
}, 120_000);

test('a sidecar with another orientation does not change it, whenever it arrives', async () => {
  const { path, fileName, sidecarPath = '' } = await fixture('orientation-against-sidecar');
  const expected = { width: 320, height: 240, exifImageWidth: 240, exifImageHeight: 320, orientation: '6' };
  const before = await add(path, fileName);
  await putSidecar(before, sidecarPath);
  await run('thumbnail', before);
  const after = await add(path, fileName);
  await run('metadata', after);
  await run('thumbnail', after);
  await putSidecar(after, sidecarPath);
  for (const id of [before, after]) {
    expect(await shapeOf(id)).toEqual(expected);
    expect(await previewSizeOf(id)).toEqual({ width: 320, height: 240 });
  }
});

const reports = findRealPhotos('reports');
if (reports !== undefined)
  test('the shapes of the reports agree with their pictures', async () => {
    for (const name of await readdir(reports)) {
      if (!/\.(jpg|avif|tif)$/.test(name)) continue;
      const id = await add(join(reports, name), name);
      await run('metadata', id);
      await run('thumbnail', id);
      expect(await stateOf(platform.db, id, 'thumbnail'), name).toBe('done');
      const sidecar = join(reports, `${name}.xmp`);
      if (existsSync(sidecar)) await putSidecar(id, sidecar);
      await expectShape(id, name);
    }
  }, 60_000);

test('the shape of a picture is known even if reading its metadata times out', async () => {
  const id = await addBytes(buildPngOfTexts(300_000), 'texts.png');
  await run('metadata', id);
  expect(await stateOf(platform.db, id, 'metadata')).toBe('failed');
  expect(await shapeOf(id)).toEqual({ width: 1, height: 1, exifImageWidth: 1, exifImageHeight: 1, orientation: null });
  await run('thumbnail', id);
  expect(await stateOf(platform.db, id, 'thumbnail')).toBe('done');
}, 60_000);
