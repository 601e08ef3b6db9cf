import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceFaces } from '#shared/people/asset-face.ts';
import { openStage } from '#shared/stages/asset-stage.ts';
import { renderAsset } from '#shared/assets/render-asset.ts';
import { inspectImage } from '#shared/media/inspect-image.ts';
import { wakeEvent } from '#shared/pipeline/stage-events.ts';
import { derivedKey, portraitKey } from '#shared/store/asset-keys.ts';
import { fixture } from '#test/fixtures/index.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

/** A picture with a detected face, always of the same person. */
async function addPicture(ownerId: string): Promise<string> {
  const { db, store } = platform;
  const { id } = await addAsset(db, ownerId);
  const preview = derivedKey(ownerId, id, 'preview.jpeg');
  await store.put(preview, await readFile((await fixture('people-1')).path));
  const files = [{ type: 'preview', path: preview }] as const;
  await renderAsset(db, id, { thumbhash: Buffer.alloc(20), files });
  const embedding = new Float32Array(512).fill(Math.sqrt(1 / 512));
  const face = { x1: 412, y1: 353, x2: 600, y2: 595, score: 0.99, embedding };
  await db.transaction().execute((tx) =>
    replaceFaces(tx, {
      assetId: id,
      ownerId,
      modelSet: 'faceplugin',
      imageWidth: 1920,
      imageHeight: 1280,
      faces: [face],
    }),
  );
  await openStage(db, { assetId: id, stage: 'people' }, 'queued');
  return id;
}

async function group(ownerId: string, assetId: string): Promise<number> {
  const event = wakeEvent('people', { assetId, ownerId, assetType: 'IMAGE' }, 'test');
  return (await deliver(await fn.create(platform), event)).status;
}

const personsOf = (ownerId: string) =>
  platform.db.selectFrom('person').selectAll().where('ownerId', '=', ownerId).execute();

test('the third picture of a person creates the person, with a portrait', async () => {
  const ownerId = await addUser(platform.db);
  for (const expected of [0, 0, 1, 1]) {
    const id = await addPicture(ownerId);
    expect(await group(ownerId, id)).toBe(204);
    expect(await stateOf(platform.db, id, 'people')).toBe('done');
    expect(await personsOf(ownerId)).toHaveLength(expected);
  }
  const [person] = await personsOf(ownerId);
  const key = portraitKey(ownerId, person?.faceAssetId ?? '');
  expect(person?.thumbnailPath).toBe(key);
  const { size, format } = await inspectImage(join(platform.storeFolder, key), 'portrait.jpeg');
  expect({ size, name: format.name }).toEqual({ size: { width: 250, height: 250 }, name: 'jpeg' });
});

test('a portrait that a killed process did not make is made with the next picture', async () => {
  const ownerId = await addUser(platform.db);
  for (let n = 0; n < 3; n++) await group(ownerId, await addPicture(ownerId));
  await platform.db.updateTable('person').set({ thumbnailPath: '' }).where('ownerId', '=', ownerId).execute();
  await group(ownerId, await addPicture(ownerId));
  expect((await personsOf(ownerId))[0]?.thumbnailPath).toMatch(/jpeg$/);
});

test('a portrait whose picture is missing does not prevent others', async () => {
  const ownerId = await addUser(platform.db);
  const ids = [await addPicture(ownerId), await addPicture(ownerId), await addPicture(ownerId)];
  for (const id of ids) await platform.store.delete(derivedKey(ownerId, id, 'preview.jpeg'));
  for (const id of ids) expect(await group(ownerId, id)).toBe(204);
  expect(await personsOf(ownerId)).toMatchObject([{ thumbnailPath: '' }]);
});
