import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { openStage, settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { isWorkOpen, queuePendingStages, reclaimStages } from '#shared/stages/stage-lane.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { countStages, openMissingStages, redoStage, redriveStages } from '#shared/stages/stage-queue.ts';
import { listNext } from '#shared/stages/stage-graph.ts';
import { stages, type AssetType, type Stage } from '#shared/db/tables.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const cap = 16;
const lease = { leaseSeconds: 60, maxAttempts: 3, recipe: 'r1' };
const lost = { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3 };

onBothDatabases('the lanes of stages', (getDb) => {
  beforeEach(async () => {
    for (const table of ['asset', 'outbox'] as const) await getDb().deleteFrom(table).execute();
    for (const stage of stages) await setStagePaused(getDb(), stage, false);
  });

  const queue = async (room = cap) => await queuePendingStages(getDb(), { cap: room, leaseSeconds: 60 });
  const addAssets = async (ownerId: string, count: number, type: AssetType = 'IMAGE') => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push((await addAsset(getDb(), ownerId, { type })).id);
    return ids;
  };
  /** Inserts rows without a check of the graph of stages, as an older version did. */
  const put = (assetIds: readonly string[], stage: Stage, state: string, attempts = 0) =>
    sql`
    insert into asset_stage ("assetId", "stage", "state", "attempts")
    select k, ${stage}, ${state}, ${attempts} from unnest(${[...assetIds]}::uuid[]) k
    on conflict ("assetId", "stage") do update set "state" = excluded."state", "attempts" = excluded."attempts"`.execute(
      getDb(),
    );
  const settle = async (assetId: string, stage: Stage, type: AssetType = 'IMAGE') => {
    await takeStage(getDb(), { assetId, stage, holder: 'h', ...lease });
    return await settleStage(getDb(), {
      assetId,
      stage,
      holder: 'h',
      state: 'done',
      next: { stages: listNext(stage, type), cap },
    });
  };
  const wait = (assetIds: readonly string[], seconds: number) =>
    sql`
    update asset_stage set "changedAt" = "changedAt" - make_interval(secs => ${seconds}), "leaseUntil" = "leaseUntil" - make_interval(secs => ${seconds})
    where "assetId" = any(${[...assetIds]}::uuid[])`.execute(getDb());

  test('videos open no stage without a function, and such rows of an older version occupy no slot', async () => {
    const owner = await addUser(getDb());
    const videos = await addAssets(owner, 70, 'VIDEO');
    await put(videos, 'metadata', 'done');
    await put(videos, 'thumbnail', 'queued');
    await put(videos, 'transcode', 'pending');
    const [photo = ''] = await addAssets(owner, 1);
    const [video = ''] = await addAssets(owner, 1, 'VIDEO');
    expect((await queue()).map((it) => it.assetId).toSorted()).toEqual([photo, video].toSorted());
    expect(await settle(video, 'metadata', 'VIDEO')).toEqual({ next: [] });
    expect(await settle(photo, 'metadata')).toEqual({ next: ['queued'] });
    expect(await openStage(getDb(), { assetId: video, stage: 'thumbnail' }, 'pending')).toBeUndefined();
    await openMissingStages(getDb(), 'thumbnail');
    await openMissingStages(getDb(), 'transcode');
    await redriveStages(getDb(), 'transcode', ['done', 'failed', 'unsupported']);
    await redoStage(getDb(), 'thumbnail', [video, photo]);
    expect(await stateOf(getDb(), video, 'thumbnail')).toBeUndefined();
    expect(await stateOf(getDb(), video, 'transcode')).toBeUndefined();
    const counts = await countStages(getDb());
    expect(counts.get('transcode')).toMatchObject({ pending: 0, queued: 0, active: 0 });
    expect(counts.get('thumbnail')).toMatchObject({ pending: 0, queued: 1 });
  });

  test('owners take turns, whatever their order and their number of photos', async () => {
    const [ada, bob, eve] = [await addUser(getDb()), await addUser(getDb()), await addUser(getDb())];
    const first = await addAssets(ada, 40);
    expect((await queue(10)).every((it) => it.ownerId === ada)).toBe(true);
    const [late = ''] = await addAssets(bob, 1);
    await addAssets(eve, 3);
    // A free slot goes to the owner with the fewest stages under way.
    await settle(first[0] ?? '', 'metadata');
    expect(await queue(10)).toMatchObject([{ assetId: late, ownerId: bob, stage: 'metadata', assetType: 'IMAGE' }]);
    for (const id of first.slice(1, 5)) await settle(id, 'metadata');
    expect((await queue(10)).map((it) => it.ownerId).toSorted()).toEqual([eve, eve, eve, ada].toSorted());
  });

  test('each stage has its own slots', async () => {
    const owner = await addUser(getDb());
    const ids = await addAssets(owner, 50);
    await put(ids.slice(0, 20), 'metadata', 'done');
    await put(ids.slice(0, 20), 'thumbnail', 'queued');
    expect((await queue()).map((it) => it.stage)).toEqual(Array(16).fill('metadata'));
    const done = ids.slice(20, 36);
    for (const id of done) await settle(id, 'metadata');
    // There are no free slots for more thumbnails: they wait for their turn.
    expect(await Promise.all(done.map((id) => stateOf(getDb(), id, 'thumbnail')))).toEqual(Array(16).fill('pending'));
    expect(await queue()).toHaveLength(14);
  });

  test('the next stage is opened as pending while others wait, so that it does not overtake them', async () => {
    const owner = await addUser(getDb());
    const [first = '', second = ''] = await addAssets(owner, 2);
    await put([first], 'thumbnail', 'pending');
    expect(await settle(second, 'metadata')).toEqual({ next: ['pending'] });
    expect((await queue()).filter((it) => it.stage === 'thumbnail')).toHaveLength(2);
  });

  test('a suspect of a paused stage blocks nothing, and one of another stage only its own stage', async () => {
    const owner = await addUser(getDb());
    const [suspect = '', other = '', third = ''] = await addAssets(owner, 3);
    await put([suspect, other], 'thumbnail', 'pending');
    await put([suspect], 'thumbnail', 'pending', 1);
    await setStagePaused(getDb(), 'thumbnail', true);
    expect((await queue()).map((it) => it.stage)).toEqual(Array(3).fill('metadata'));
    await put([third], 'faces', 'pending');
    await setStagePaused(getDb(), 'thumbnail', false);
    const next = await queue();
    expect(next.map(({ assetId, stage }) => `${stage} ${assetId}`).toSorted()).toEqual([
      `faces ${third}`,
      `thumbnail ${suspect}`,
    ]);
    await takeStage(getDb(), { assetId: suspect, stage: 'thumbnail', holder: 'h', ...lease });
    expect(await queue()).toEqual([]);
    expect(await settle(third, 'metadata')).toEqual({ next: ['pending'] });
    // Its process died: the lease is not renewed and runs out.
    await wait([suspect], 20);
    expect((await queue()).map((it) => it.assetId).toSorted()).toEqual([other, third].toSorted());
  });

  test('a lost event does not block a suspect, and a settled suspect releases the others of its stage', async () => {
    const owner = await addUser(getDb());
    const [gone = '', suspect = '', other = ''] = await addAssets(owner, 3);
    await put([gone], 'metadata', 'queued');
    await put([suspect], 'metadata', 'pending', 2);
    expect(await queue()).toEqual([]);
    await wait([gone], 31);
    expect((await queue()).map((it) => it.assetId)).toEqual([suspect]);
    expect(await queue()).toEqual([]);
    await settle(suspect, 'metadata');
    expect((await queue()).map((it) => it.assetId)).toEqual([other]);
  });

  test('an event counts as lost if its stage makes no progress, or if it waits too long', async () => {
    const owner = await addUser(getDb());
    const [one = '', two = ''] = await addAssets(owner, 2);
    await queue();
    expect(await reclaimStages(getDb(), lost)).toEqual({ pending: 0, failed: 0 });
    await wait([one, two], 26);
    await takeStage(getDb(), { assetId: two, stage: 'metadata', holder: 'h', ...lease });
    expect(await reclaimStages(getDb(), lost)).toEqual({ pending: 0, failed: 0 });
    await wait([one], 100);
    expect(await reclaimStages(getDb(), lost)).toEqual({ pending: 1, failed: 0 });
    await queue();
    await settle(two, 'metadata');
    await wait([one], 26);
    expect(await reclaimStages(getDb(), lost)).toEqual({ pending: 1, failed: 0 });
    expect(await stateOf(getDb(), one, 'metadata')).toBe('pending');
  });

  test('work is open while something waits that is not paused, and not after it', async () => {
    expect(await isWorkOpen(getDb())).toBe(false);
    const [photo = ''] = await addAssets(await addUser(getDb()), 1);
    expect(await isWorkOpen(getDb())).toBe(true);
    await setStagePaused(getDb(), 'metadata', true);
    expect(await isWorkOpen(getDb())).toBe(false);
    await setStagePaused(getDb(), 'metadata', false);
    await put([photo], 'metadata', 'done');
    expect(await isWorkOpen(getDb())).toBe(false);
  });

  test('a stage that was settled before it had an owner gets one when it runs again', async () => {
    const owner = await addUser(getDb());
    const [photo = ''] = await addAssets(owner, 1);
    await sql`update asset_stage set "state" = 'done', "ownerId" = null, "kind" = null`.execute(getDb());
    expect(await redriveStages(getDb(), 'metadata', ['done'])).toBe(1);
    expect(await queue()).toEqual([{ assetId: photo, stage: 'metadata', ownerId: owner, assetType: 'IMAGE' }]);
  });
});
