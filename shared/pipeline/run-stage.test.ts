import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteAssets } from '#shared/assets/asset.ts';
import { renewStage } from '#shared/stages/asset-stage.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Publish } from '#shared/events/publish.ts';
import { newId } from '#shared/ids/ids.ts';
import { openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { createRelay, relayOnce } from './relay.ts';
import { runStage, type StageResult } from './run-stage.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform({ DARKROOM_LEASE_SECONDS: '1', DARKROOM_QUEUE_CAP: '3' });
});
afterAll(() => platform[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const newAsset = async () => (await addAsset(platform.db, await addUser(platform.db))).id;
const run = (assetId: string, work: () => Promise<StageResult>, holder = 'test') =>
  runStage({ ...platform, holder }, { stage: 'metadata', recipe: 'r1', assetId }, signal, work);

test('a finished stage opens the next and replies with its event; a second run does nothing', async () => {
  const assetId = await newAsset();
  let times = 0;
  const work = () => {
    times += 1;
    return Promise.resolve({});
  };
  expect(await run(assetId, work)).toMatchObject({
    outcome: 'done',
    reply: { type: 'photos.darkroom.asset.described.v1', subject: assetId },
  });
  expect(await run(assetId, work)).toEqual({ outcome: 'done' });
  expect(times).toBe(1);
  expect(await stateOf(platform.db, assetId, 'thumbnail')).toBe('queued');
});

test('for a photo that cannot be processed the event succeeds, and the row has the reason', async () => {
  const assetId = await newAsset();
  expect(await run(assetId, () => Promise.reject(new DarkroomError('media/undecodable', 'Not a JPEG')))).toEqual({
    outcome: 'done',
  });
  const row = await platform.db
    .selectFrom('asset_stage')
    .select(['state', 'reason'])
    .where('assetId', '=', assetId)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ state: 'failed', reason: 'Not a JPEG (media/undecodable)' });
  expect(await stateOf(platform.db, assetId, 'thumbnail')).toBeUndefined();
});

test('a retryable error is thrown, and the next attempt may begin at once', async () => {
  const assetId = await newAsset();
  await expect(run(assetId, () => Promise.reject(new DarkroomError('store/unavailable')))).rejects.toMatchObject({
    code: 'store/unavailable',
  });
  expect(await stateOf(platform.db, assetId, 'metadata')).toBe('queued');
  expect(await run(assetId, () => Promise.resolve({}), 'other')).toMatchObject({ outcome: 'done' });
});

test('a result that cannot be written is rolled back completely', async () => {
  const assetId = await newAsset();
  const write = async (tx: TestPlatform['db']) => {
    await tx.updateTable('asset').set({ width: 5 }).where('id', '=', assetId).execute();
    throw new Error('no');
  };
  await expect(run(assetId, () => Promise.resolve({ write }))).rejects.toThrow('no');
  const { width } = await platform.db
    .selectFrom('asset')
    .select('width')
    .where('id', '=', assetId)
    .executeTakeFirstOrThrow();
  expect(width).toBeNull();
  expect(await stateOf(platform.db, assetId, 'thumbnail')).toBeUndefined();
});

test('work that takes longer than its lease renews it', async () => {
  const assetId = await newAsset();
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await run(assetId, () => Promise.resolve({}), 'thief')).toEqual({ outcome: 'busy' });
    return {};
  };
  expect(await run(assetId, slow)).toMatchObject({ outcome: 'done' });
});

test('an attempt that lost its lease writes nothing', async () => {
  const assetId = await newAsset();
  let wrote = false;
  const work = async () => {
    await platform.db.updateTable('asset_stage').set({ holder: 'thief' }).where('assetId', '=', assetId).execute();
    const write = () => {
      wrote = true;
      return Promise.resolve();
    };
    return { write };
  };
  expect(await run(assetId, work)).toEqual({ outcome: 'busy' });
  expect(wrote).toBe(false);
  expect(await renewStage(platform.db, { assetId, stage: 'metadata', holder: 'thief', leaseSeconds: 60 })).toBe(true);
});

test('a stage that finishes on a deleted asset discards its files', async () => {
  const assetId = await newAsset();
  let discarded = false;
  const work = async () => {
    await deleteAssets(platform.db, [assetId]);
    const discard = () => {
      discarded = true;
      return Promise.resolve();
    };
    return { discard };
  };
  expect(await run(assetId, work)).toEqual({ outcome: 'done' });
  expect(discarded).toBe(true);
});

test('the relay respects its cap, and events that the broker did not accept wait for the next round', async () => {
  await platform.db.deleteFrom('asset_stage').execute();
  await platform.db.deleteFrom('outbox').execute();
  for (let n = 0; n < 5; n++) await newAsset();
  const refuse = () => Promise.reject(new DarkroomError('event/not-accepted'));
  await expect(relayOnce({ ...platform, publish: refuse })).rejects.toMatchObject({ code: 'event/not-accepted' });
  const relay = createRelay({ ...platform, publish: refuse });
  relay.kick();
  relay.kick();
  await relay.settled();
  expect(await relayOnce(platform)).toBe(3);
  expect(await relayOnce(platform)).toBe(0);
});

test('events accepted before a refusal are queued, and only the rest is sent again', async () => {
  const { db } = platform;
  await db.deleteFrom('asset_stage').execute();
  await db.deleteFrom('outbox').execute();
  for (let n = 0; n < 3; n++) await newAsset();
  const object = (n: number) => ({
    id: newId(),
    type: 'photos.darkroom.object.created.v1',
    source: '/test',
    subject: `library/${n}.jpg`,
    data: { store: 'folder', key: `library/${n}.jpg`, sizeBytes: 1, version: '1' },
  });
  await writeOutbox(db, [object(0), object(1), object(2)]);
  const sent: string[] = [];
  const takesTwo: Publish = (events, { onAccepted } = {}) => {
    for (const event of events.slice(0, 2)) {
      sent.push(event.id);
      onAccepted?.(event);
    }
    return events.length > 2 ? Promise.reject(new DarkroomError('event/not-accepted')) : Promise.resolve();
  };
  const round = () => relayOnce({ ...platform, publish: takesTwo });
  await expect(round()).rejects.toMatchObject({ code: 'event/not-accepted' });
  await expect(round()).rejects.toMatchObject({ code: 'event/not-accepted' });
  expect(await round()).toBe(1);
  expect(sent).toHaveLength(6);
  expect(new Set(sent).size).toBe(6);
});
