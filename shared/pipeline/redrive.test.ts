import { beforeEach, expect, test } from 'vitest';
import { deleteAssets } from '#shared/assets/asset.ts';
import { releaseStage, settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { keepDeadLetter, listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { claimAcknowledged, claimOutbox } from '#shared/outbox/outbox.ts';
import { queuePendingStages } from '#shared/stages/stage-lane.ts';
import type { Stage } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { onBothDatabases } from '#test/integration/db/both-databases.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { lettersOfObjects, lettersOfStage, otherLetters, redriveFailed, redriveLetters } from './redrive.ts';
import { wakeEvent } from './stage-events.ts';

onBothDatabases('redrive', (getDb) => {
  let ownerId: string;
  beforeEach(async () => {
    for (const table of ['dead_letter', 'outbox', 'asset'] as const) await getDb().deleteFrom(table).execute();
    ownerId = await addUser(getDb());
  });

  const bury = (letter: { eventId?: string; eventType: string; subject: string; data: unknown }) =>
    keepDeadLetter(getDb(), {
      source: '/darkroom/test',
      destination: null,
      errorCode: 503,
      reason: 'away',
      eventId: newId(),
      ...letter,
    });
  /** A photo whose metadata stage is queued, and the letter of its event. */
  const buryStage = async (type: 'IMAGE' | 'VIDEO' = 'IMAGE', stage: Stage = 'metadata') => {
    const { id } = await addAsset(getDb(), ownerId, { type });
    await getDb()
      .updateTable('asset_stage')
      .set({ stage, state: 'queued', attempts: 3 })
      .where('assetId', '=', id)
      .execute();
    const event = wakeEvent(stage, { assetId: id, ownerId, assetType: type }, 'r');
    await bury({ eventId: event.id, eventType: event.type, subject: id, data: event.data });
    return id;
  };
  const buryObject = (key: string) =>
    bury({
      eventType: 'photos.darkroom.object.created.v1',
      subject: key,
      data: { store: 'folder', key, sizeBytes: 1, version: '1' },
    });
  const take = (assetId: string, stage: Stage = 'metadata') =>
    takeStage(getDb(), { assetId, stage, recipe: 'r', holder: 'h', leaseSeconds: 60, maxAttempts: 3 });
  const outcomes = async () =>
    (await getDb().selectFrom('dead_letter').select('outcome').execute()).map((it) => it.outcome);

  test('the stage of a letter runs again with no attempts counted, and the letter is closed', async () => {
    const id = await buryStage();
    expect(await take(id)).toEqual({ outcome: 'exhausted' });
    expect(await redriveLetters(getDb())).toEqual({ stages: 1, events: 0, settled: 0, unparsable: 0 });
    expect((await queuePendingStages(getDb(), { cap: 10, leaseSeconds: 60 })).map((it) => it.assetId)).toEqual([id]);
    expect(await take(id)).toEqual({ outcome: 'taken', attempts: 1 });
    expect(await outcomes()).toEqual(['redriven']);
    expect(await redriveLetters(getDb())).toEqual({ stages: 0, events: 0, settled: 0, unparsable: 0 });
  });

  test('a letter whose stage is done or leased, or whose asset is deleted, is only closed', async () => {
    const [done, inHand, gone] = [await buryStage(), await buryStage(), await buryStage()];
    await getDb().updateTable('asset_stage').set({ attempts: 0 }).execute();
    await take(done);
    await settleStage(getDb(), { assetId: done, stage: 'metadata', holder: 'h', state: 'done' });
    await take(inHand);
    await deleteAssets(getDb(), [gone]);
    expect(await redriveLetters(getDb())).toEqual({ stages: 0, events: 0, settled: 3, unparsable: 0 });
    expect(await stateOf(getDb(), done, 'metadata')).toBe('done');
    expect(await stateOf(getDb(), inHand, 'metadata')).toBe('active');
    expect(await outcomes()).toEqual(['settled', 'settled', 'settled']);
  });

  test('events that wake no stage go back into the outbox once: those of objects to be acknowledged, others to be sent', async () => {
    await buryObject('library/anna/Übung.jpg');
    const { id } = await addAsset(getDb(), ownerId);
    await bury({ eventType: 'photos.darkroom.asset.deleted.v1', subject: id, data: { assetId: id, ownerId } });
    expect(await redriveLetters(getDb())).toEqual({ stages: 0, events: 2, settled: 0, unparsable: 0 });
    expect(await claimAcknowledged(getDb(), 10, 60)).toMatchObject([
      { source: '/darkroom/test', subject: 'library/anna/Übung.jpg', data: { key: 'library/anna/Übung.jpg' } },
    ]);
    expect(await claimOutbox(getDb(), 10, 60)).toMatchObject([{ subject: id }]);
    expect(await outcomes()).toEqual(['redriven', 'redriven']);
  });

  test('a letter without an event of the catalogue stays open, and a PingSource event is not sent again', async () => {
    await bury({ eventType: 'photos.darkroom.object.created.v1', subject: 'x', data: { key: 'x' } });
    await bury({ eventType: 'org.example.made-up', subject: 'x', data: {} });
    await bury({ eventType: 'dev.knative.sources.ping', subject: '', data: {} });
    expect(await redriveLetters(getDb())).toEqual({ stages: 0, events: 0, settled: 1, unparsable: 2 });
    expect(await listDeadLetters(getDb(), 10)).toHaveLength(2);
    expect(await claimOutbox(getDb(), 10, 60)).toEqual([]);
  });

  test('two concurrent redrives of more than one batch handle each letter once', async () => {
    await Promise.all(Array.from({ length: 450 }, (_, n) => buryObject(`library/anna/${n}.jpg`)));
    const [a, b] = await Promise.all([redriveLetters(getDb()), redriveLetters(getDb())]);
    expect(a.events + b.events).toBe(450);
    expect(await claimAcknowledged(getDb(), 1000, 60)).toHaveLength(450);
    expect(await listDeadLetters(getDb(), 10)).toEqual([]);
  });

  test('letters are filtered by stage, also if one event wakes two stages', async () => {
    const [photo, video] = [await buryStage('IMAGE', 'thumbnail'), await buryStage('VIDEO', 'transcode')];
    await buryStage();
    await buryObject('a.jpg');
    const { id } = await addAsset(getDb(), ownerId);
    await bury({ eventType: 'photos.darkroom.asset.deleted.v1', subject: id, data: { assetId: id, ownerId } });
    const subjects = async (filter: Parameters<typeof listDeadLetters>[2]) =>
      (await listDeadLetters(getDb(), 10, filter)).map((it) => it.subject);
    expect(await subjects(lettersOfStage('thumbnail'))).toEqual([photo]);
    expect(await subjects(lettersOfStage('transcode'))).toEqual([video]);
    expect(await subjects(lettersOfObjects)).toEqual(['a.jpg']);
    expect(await subjects(otherLetters)).toEqual([id]);
    // No function serves the stage, so it cannot run again.
    expect(await redriveLetters(getDb(), lettersOfStage('transcode'))).toMatchObject({ stages: 0, settled: 1 });
    expect(await stateOf(getDb(), video, 'transcode')).toBe('queued');
    expect(await listDeadLetters(getDb(), 10)).toHaveLength(4);
  });

  test('failed stages are pending again: those of one stage, or all', async () => {
    const [a, b] = [await buryStage(), await buryStage('IMAGE', 'thumbnail')];
    expect([await take(a), await take(b, 'thumbnail')]).toEqual([{ outcome: 'exhausted' }, { outcome: 'exhausted' }]);
    expect(await redriveFailed(getDb(), 'thumbnail')).toBe(1);
    expect([await stateOf(getDb(), a, 'metadata'), await stateOf(getDb(), b, 'thumbnail')]).toEqual([
      'failed',
      'pending',
    ]);
    expect(await redriveFailed(getDb())).toBe(1);
    expect(await redriveFailed(getDb())).toBe(0);
    expect(await take(a)).toEqual({ outcome: 'taken', attempts: 1 });
    await releaseStage(getDb(), { assetId: a, stage: 'metadata', holder: 'h' });
  });
});
