import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listFacesOf, replaceFaces } from '#shared/people/asset-face.ts';
import { openStage } from '#shared/stages/asset-stage.ts';
import { redriveStage } from '#shared/stages/stage-queue.ts';
import { renderAsset } from '#shared/assets/render-asset.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { wakeEvent } from '#shared/pipeline/stage-events.ts';
import { derivedKey } from '#shared/store/asset-keys.ts';
import { fixture, type FixtureName } from '#test/fixtures/index.ts';
import { describeWithFaceModels, testModelsFolder } from '#test/support/face-models.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
let ownerId: string;
beforeAll(async () => {
  platform = await openTestPlatform({ DARKROOM_MODELS: testModelsFolder });
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  ownerId = await addUser(platform.db);
});

/** An asset with these bytes as its preview. */
async function addRendered(preview: Uint8Array): Promise<string> {
  const { id } = await addAsset(platform.db, ownerId);
  const path = derivedKey(ownerId, id, 'preview.jpeg');
  await platform.store.put(path, preview);
  const files = [{ type: 'preview', path }] as const;
  await renderAsset(platform.db, id, { thumbhash: Buffer.alloc(20), files });
  await openStage(platform.db, { assetId: id, stage: 'faces' }, 'queued');
  return id;
}

const pictureOf = async (name: FixtureName) => readFile((await fixture(name)).path);
const wake = (assetId: string) => wakeEvent('faces', { assetId, ownerId, assetType: 'IMAGE' }, 'test');
const withEnv = (config: Partial<Platform['config']>): Platform => ({
  ...platform,
  config: { ...platform.config, ...config },
});

async function reasonOf(assetId: string): Promise<string | null | undefined> {
  const row = await platform.db
    .selectFrom('asset_stage')
    .select('reason')
    .where('assetId', '=', assetId)
    .where('stage', '=', 'faces')
    .executeTakeFirst();
  return row?.reason;
}

await describeWithFaceModels('the faces function', () => {
  test('writes the faces of a picture and announces them to people; a second event changes nothing', async () => {
    const handler = await fn.create(platform);
    const id = await addRendered(await pictureOf('people-5'));
    const reply = await deliver(handler, wake(id));
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ 'ce-type': 'photos.darkroom.faces.embedded.v1' });
    const faces = await listFacesOf(platform.db, id);
    expect(faces).toHaveLength(5);
    for (const face of faces) {
      expect(face).toMatchObject({ modelSet: 'faceplugin', personId: null, sourceType: 'machine-learning' });
      expect(face.boundingBoxX2).toBeLessThanOrEqual(face.imageWidth);
    }
    const { count } = await platform.db
      .selectFrom('face_search')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('ownerId', '=', ownerId)
      .executeTakeFirstOrThrow();
    expect(count).toBe(5);
    expect((await deliver(handler, wake(id))).status).toBe(204);
    expect(await listFacesOf(platform.db, id)).toEqual(faces);
  });

  test('a second run keeps the ids and persons of known faces, and announces them to people again', async () => {
    const handler = await fn.create(platform);
    const id = await addRendered(await pictureOf('people-1'));
    await deliver(handler, wake(id));
    const before = await listFacesOf(platform.db, id);
    await platform.db
      .updateTable('asset_stage')
      .set({ state: 'done' })
      .where('assetId', '=', id)
      .where('stage', '=', 'people')
      .execute();
    await redriveStage(platform.db, { assetId: id, stage: 'faces' });
    await deliver(handler, wake(id));
    expect((await listFacesOf(platform.db, id)).map((it) => it.id)).toEqual(before.map((it) => it.id));
    await expect.poll(() => stateOf(platform.db, id, 'people')).toBe('queued');
  });

  test('a picture without faces is not announced to people', async () => {
    const id = await addRendered(await pictureOf('phone-jpeg'));
    expect((await deliver(await fn.create(platform), wake(id))).status).toBe(204);
    expect(await stateOf(platform.db, id, 'faces')).toBe('done');
    expect(await stateOf(platform.db, id, 'people')).toBeUndefined();
  });

  test('a preview that cannot be decoded fails with its reason', async () => {
    const id = await addRendered(Buffer.from('no picture at all'));
    expect((await deliver(await fn.create(platform), wake(id))).status).toBe(204);
    expect(await stateOf(platform.db, id, 'faces')).toBe('failed');
    expect(await reasonOf(id)).toContain('media/undecodable');
  });
});

test('without models the stage is unsupported, with a reason that says what to do, until it runs again', async () => {
  const folder = join(platform.storeFolder, 'no-models');
  const without = withEnv({ DARKROOM_MODEL_SET: 'buffalo_l', DARKROOM_MODELS: folder });
  const id = await addRendered(await pictureOf('phone-jpeg'));
  expect((await deliver(await fn.create(without), wake(id))).status).toBe(204);
  expect(await stateOf(platform.db, id, 'faces')).toBe('unsupported');
  expect(await reasonOf(id)).toContain(`put det_10g.onnx, w600k_r50.onnx into ${join(folder, 'buffalo_l')}`);
  await redriveStage(platform.db, { assetId: id, stage: 'faces' });
  expect(await stateOf(platform.db, id, 'faces')).toBe('pending');
});

test('no model is fetched where faces are switched off', async () => {
  const id = await addRendered(await pictureOf('phone-jpeg'));
  expect((await deliver(await fn.create(withEnv({ DARKROOM_FACES: false })), wake(id))).status).toBe(204);
  expect(await stateOf(platform.db, id, 'faces')).toBe('unsupported');
  expect(await reasonOf(id)).toBe('Faces are switched off (DARKROOM_FACES=false)');
});

test('a model set that does not exist is an error at the start', () => {
  expect(() => fn.create(withEnv({ DARKROOM_MODEL_SET: 'other' }))).toThrow('faceplugin or buffalo_l');
});

test('a model set of the user is read from the configured folder and checked against the configured hashes', async () => {
  const folder = join(platform.storeFolder, 'own-models');
  const env = { DARKROOM_MODEL_SET: 'buffalo_l', DARKROOM_MODELS: folder };
  const source = join(folder, 'nothing-here');
  const id = await addRendered(await pictureOf('phone-jpeg'));
  await deliver(await fn.create(withEnv({ ...env, DARKROOM_MODEL_SOURCE: source })), wake(id));
  expect(await reasonOf(id)).toContain(join(source, 'det_10g.onnx'));
  expect(() => fn.create(withEnv({ ...env, DARKROOM_MODEL_SHA256: 'det_10g.onnx' }))).toThrow('is not name=SHA-256');
});

test('faces that a user drew, placed or removed stay; other faces of earlier runs are replaced', async () => {
  const { db } = platform;
  const { id: assetId } = await addAsset(db, ownerId);
  const embedding = new Float32Array(512).fill(Math.sqrt(1 / 512));
  const faceAt = (x: number) => ({ x1: x, y1: 0, x2: x + 80, y2: 80, score: 0.9, embedding });
  const write = (...at: number[]) =>
    db
      .transaction()
      .execute((tx) =>
        replaceFaces(tx, { assetId, ownerId, modelSet: 'm', imageWidth: 600, imageHeight: 100, faces: at.map(faceAt) }),
      );
  await write(0, 100, 200, 300);
  const [first, placed, removed, gone] = await listFacesOf(db, assetId);
  const change = (id: string | undefined, values: { isPlacedByUser?: boolean; deletedAt?: Date }) =>
    db
      .updateTable('asset_face')
      .set(values)
      .where('id', '=', id ?? '')
      .execute();
  await change(placed?.id, { isPlacedByUser: true });
  await change(removed?.id, { deletedAt: new Date() });
  await write(10, 205, 400);
  const rows = await db
    .selectFrom('asset_face')
    .select(['id', 'boundingBoxX1', 'deletedAt'])
    .where('assetId', '=', assetId)
    .orderBy('boundingBoxX1')
    .execute();
  expect(rows.slice(0, 3)).toMatchObject([
    { id: first?.id, boundingBoxX1: 10, deletedAt: null },
    { id: placed?.id, boundingBoxX1: 100, deletedAt: null },
    { id: removed?.id, deletedAt: expect.any(Date) },
  ]);
  expect(rows).toHaveLength(4);
  expect(rows.map((it) => it.id)).not.toContain(gone?.id);
});
