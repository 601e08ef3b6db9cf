import { expect, test } from 'vitest';
import { sql } from 'kysely';
import { openStage, releaseStage, renewStage, settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { queuePendingStages, reclaimStages } from '#shared/stages/stage-lane.ts';
import { countStages, redriveStages } from '#shared/stages/stage-queue.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const lease = { leaseSeconds: 60, maxAttempts: 3, recipe: 'r1' };

onBothDatabases('stages of assets', (getDb) => {
  const photo = async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    return { db, assetId: id, stage: 'metadata' as const };
  };

  test('of twenty concurrent attempts exactly one takes the lease', async () => {
    const { db, assetId, stage } = await photo();
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, n) => takeStage(db, { assetId, stage, holder: `h${n}`, ...lease })),
    );
    expect(taken.filter((it) => it.outcome === 'taken')).toHaveLength(1);
    expect(taken.filter((it) => it.outcome === 'busy')).toHaveLength(19);
  });

  test('a settled stage is not taken again with the same recipe, and is with another', async () => {
    const { db, assetId, stage } = await photo();
    await takeStage(db, { assetId, stage, holder: 'a', ...lease });
    expect(await settleStage(db, { assetId, stage, holder: 'a', state: 'done' })).toEqual({ next: [] });
    expect(await takeStage(db, { assetId, stage, holder: 'b', ...lease })).toEqual({ outcome: 'settled' });
    expect(await takeStage(db, { assetId, stage, holder: 'b', ...lease, recipe: 'r2' })).toEqual({
      outcome: 'taken',
      attempts: 1,
    });
  });

  test('an expired lease goes back to the relay, and its former holder can neither renew nor settle', async () => {
    const { db, assetId, stage } = await photo();
    await takeStage(db, { assetId, stage, holder: 'a', ...lease, leaseSeconds: -1 });
    expect(await takeStage(db, { assetId, stage, holder: 'b', ...lease })).toEqual({ outcome: 'postponed' });
    expect(await stateOf(db, assetId, stage)).toBe('pending');
    expect(await renewStage(db, { assetId, stage, holder: 'a', leaseSeconds: 60 })).toBe(false);
    expect(await settleStage(db, { assetId, stage, holder: 'a', state: 'done' })).toBe(false);
    expect(await takeStage(db, { assetId, stage, holder: 'b', ...lease })).toEqual({ outcome: 'taken', attempts: 2 });
    expect(await settleStage(db, { assetId, stage, holder: 'b', state: 'done' })).toEqual({ next: [] });
  });

  test('a photo whose attempts all ended their process is failed, with that reason', async () => {
    const { db, assetId, stage } = await photo();
    for (let n = 0; n < 3; n++) {
      expect(await takeStage(db, { assetId, stage, holder: `h${n}`, ...lease, leaseSeconds: -1 })).toMatchObject({
        outcome: 'taken',
      });
      await takeStage(db, { assetId, stage, holder: 'next', ...lease });
    }
    expect(await takeStage(db, { assetId, stage, holder: 'last', ...lease })).toEqual({ outcome: 'exhausted' });
    const row = await db.selectFrom('asset_stage').selectAll().where('assetId', '=', assetId).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      state: 'failed',
      reason: 'Each of 3 attempts ended its process',
      holder: null,
      leaseUntil: null,
    });
  });

  test('photos whose process died run one at a time while the others wait, and then all continue', async () => {
    const db = getDb();
    await sql`delete from asset_stage`.execute(db);
    const owner = await addUser(db);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await addAsset(db, owner)).id);
    const [first = '', second = ''] = ids;
    const key = (assetId: string) => ({ assetId, stage: 'metadata' as const, holder: 'dead' });
    for (const id of [first, second]) await takeStage(db, { ...key(id), ...lease, leaseSeconds: -1 });
    await reclaimStages(db, { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3 });
    const queued = async () => (await queuePendingStages(db, { cap: 100, leaseSeconds: 60 })).map((it) => it.assetId);
    const alone = await queued();
    expect(alone).toEqual([first]);
    expect(await queued()).toEqual([]);
    await takeStage(db, { ...key(first), ...lease });
    expect(await queued()).toEqual([]);
    await settleStage(db, { ...key(first), state: 'done' });
    expect(await queued()).toEqual([second]);
    await takeStage(db, { ...key(second), ...lease });
    await settleStage(db, { ...key(second), state: 'failed' });
    expect(await queued()).toHaveLength(3);
  });

  test('an attempt that was given back does not count', async () => {
    const { db, assetId, stage } = await photo();
    for (let n = 0; n < 9; n++) {
      expect(await takeStage(db, { assetId, stage, holder: 'a', ...lease })).toEqual({ outcome: 'taken', attempts: 1 });
      await releaseStage(db, { assetId, stage, holder: 'a' });
    }
  });

  test('settling opens the stage after it, once, and not for an asset that was deleted meanwhile', async () => {
    const { db, assetId, stage } = await photo();
    await takeStage(db, { assetId, stage, holder: 'a', ...lease });
    const settle = { assetId, stage, holder: 'a', state: 'done', next: { stages: ['thumbnail'], cap: 16 } } as const;
    expect(await settleStage(db, settle)).toEqual({ next: ['queued'] });
    expect(await settleStage(db, settle)).toBe(false);
    expect(await stateOf(db, assetId, 'thumbnail')).toBe('queued');
    await setStagePaused(db, 'faces', true);
    await takeStage(db, { assetId, stage: 'thumbnail', holder: 'a', ...lease });
    expect(await settleStage(db, { ...settle, stage: 'thumbnail', next: { stages: ['faces'], cap: 16 } })).toEqual({
      next: ['pending'],
    });
    await setStagePaused(db, 'faces', false);
    await takeStage(db, { assetId, stage: 'faces', holder: 'a', ...lease });
    await db.updateTable('asset').set({ status: 'deleted' }).where('id', '=', assetId).execute();
    expect(await settleStage(db, { ...settle, stage: 'faces', next: { stages: ['people'], cap: 16 } })).toBe(false);
    expect(await stateOf(db, assetId, 'people')).toBeUndefined();
  });

  test('opening a stage twice leaves the first row as it is', async () => {
    const { db, assetId } = await photo();
    expect(await openStage(db, { assetId, stage: 'thumbnail' }, 'queued')).toBe('queued');
    await takeStage(db, { assetId, stage: 'thumbnail', holder: 'a', ...lease });
    expect(await openStage(db, { assetId, stage: 'thumbnail' }, 'pending')).toBe('active');
  });

  test('the relay queues no more than the cap, oldest first', async () => {
    const db = getDb();
    await sql`delete from asset_stage`.execute(db);
    const owner = await addUser(db);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await addAsset(db, owner)).id);
    await sql`update asset_stage set "createdAt" = now() - interval '1 hour' where "assetId" = ${ids[3]}`.execute(db);
    const first = await queuePendingStages(db, { cap: 2, leaseSeconds: 60 });
    expect(first).toHaveLength(2);
    expect(first.map((it) => it.assetId)).toContain(ids[3]);
    expect(first[0]).toEqual({ assetId: expect.any(String), stage: 'metadata', ownerId: owner, assetType: 'IMAGE' });
    expect(await queuePendingStages(db, { cap: 2, leaseSeconds: 60 })).toEqual([]);
    expect(await queuePendingStages(db, { cap: 100, leaseSeconds: 60 })).toHaveLength(3);
  });

  test('a paused stage leaves its rows pending, also one whose event was under way', async () => {
    const { db, assetId, stage } = await photo();
    await setStagePaused(db, stage, true);
    expect(await queuePendingStages(db, { cap: 1000, leaseSeconds: 60 })).toEqual([]);
    await sql`update asset_stage set "state" = 'queued' where "assetId" = ${assetId}`.execute(db);
    expect(await takeStage(db, { assetId, stage, holder: 'a', ...lease })).toEqual({ outcome: 'postponed' });
    expect(await stateOf(db, assetId, stage)).toBe('pending');
    expect((await countStages(db)).get(stage)).toMatchObject({ isPaused: true });
    await setStagePaused(db, stage, false);
    expect((await takeStage(db, { assetId, stage, holder: 'a', ...lease })).outcome).toBe('taken');
  });

  test('a lost event or holder is found: at once by the only process, after a time by one of many', async () => {
    const db = getDb();
    await sql`delete from asset_stage`.execute(db);
    const { assetId, stage } = await photo();
    await queuePendingStages(db, { cap: 10, leaseSeconds: 60 });
    expect(await reclaimStages(db, { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3 })).toEqual({
      pending: 0,
      failed: 0,
    });
    expect(await reclaimStages(db, { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3, onlyHolder: 'me' })).toEqual({
      pending: 1,
      failed: 0,
    });
    await takeStage(db, { assetId, stage, holder: 'dead', ...lease, maxAttempts: 1 });
    expect(await reclaimStages(db, { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 1, onlyHolder: 'me' })).toEqual({
      pending: 0,
      failed: 1,
    });
    expect(await redriveStages(db, stage, ['failed'])).toBe(1);
    expect(await stateOf(db, assetId, stage)).toBe('pending');
  });

  test('an event for a deleted asset does nothing', async () => {
    const { db, assetId, stage } = await photo();
    await db.deleteFrom('asset').where('id', '=', assetId).execute();
    expect(await takeStage(db, { assetId, stage, holder: 'a', ...lease })).toEqual({ outcome: 'gone' });
  });
});
