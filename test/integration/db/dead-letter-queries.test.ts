import { beforeEach, expect, test } from 'vitest';
import {
  closeDeadLetters,
  countDeadLetters,
  discardDeadLetters,
  keepDeadLetter,
  listDeadLetters,
} from '#shared/outbox/dead-letter.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const letter = {
  eventId: 'e1',
  eventType: 'photos.darkroom.asset.created.v1',
  source: '/darkroom/ingest',
  subject: 'asset',
  destination: null,
  errorCode: 503,
  reason: 'the store is away',
  data: { assetId: 'a', list: [1, 'ä'] },
};

onBothDatabases('dead letters', (getDb) => {
  beforeEach(async () => {
    await getDb().deleteFrom('dead_letter').execute();
  });

  test('a dead letter is stored in its types', async () => {
    const db = getDb();
    await keepDeadLetter(db, letter);
    expect(await listDeadLetters(db, 10)).toEqual([
      {
        ...letter,
        id: expect.any(String),
        receivedAt: expect.any(Date),
        redrivenAt: null,
        outcome: null,
        note: null,
        assetType: null,
      },
    ]);
  });

  test('the same event for the same function is kept once, with its last reason', async () => {
    const db = getDb();
    await Promise.all(Array.from({ length: 5 }, () => keepDeadLetter(db, letter)));
    await keepDeadLetter(db, { ...letter, errorCode: null, reason: 'gave up' });
    for (const destination of ['http://faces', 'http://thumbnail'])
      await keepDeadLetter(db, { ...letter, destination });
    await keepDeadLetter(db, { ...letter, source: '/darkroom/api' });
    const kept = await listDeadLetters(db, 10);
    expect(kept).toHaveLength(4);
    expect(kept.find((it) => it.destination === null && it.source === letter.source)).toMatchObject({
      errorCode: null,
      reason: 'gave up',
    });
  });

  test('the oldest are listed first; a redriven one leaves the list and may be filed again', async () => {
    const db = getDb();
    for (const [n, eventId] of ['e1', 'e2', 'e3'].entries()) {
      await keepDeadLetter(db, { ...letter, eventId });
      await db
        .updateTable('dead_letter')
        .set({ receivedAt: new Date(Date.UTC(2024, 0, 3 - n)) })
        .where('eventId', '=', eventId)
        .execute();
    }
    const [oldest] = await listDeadLetters(db, 1);
    expect(oldest).toMatchObject({ eventId: 'e3' });
    await closeDeadLetters(db, [oldest?.id ?? ''], 'redriven');
    expect((await listDeadLetters(db, 10)).map((it) => it.eventId)).toEqual(['e2', 'e1']);
    await keepDeadLetter(db, { ...letter, eventId: 'e3' });
    expect((await listDeadLetters(db, 10)).map((it) => it.eventId)).toEqual(['e2', 'e1', 'e3']);
  });

  test('dead letters are selected by id, by type and by asset type', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [photo, video] = [await addAsset(db, ownerId), await addAsset(db, ownerId, { type: 'VIDEO' })];
    for (const subject of [photo.id, video.id, 'library/anna/a.jpg'])
      await keepDeadLetter(db, { ...letter, eventId: subject, subject });
    await keepDeadLetter(db, { ...letter, eventType: 'other' });
    const subjects = async (...[filter]: [Parameters<typeof listDeadLetters>[2]]) =>
      (await listDeadLetters(db, 10, filter)).map((it) => it.subject).toSorted();
    expect(await subjects({ isVideo: true })).toEqual([video.id]);
    expect(await subjects({ isVideo: false, types: [letter.eventType] })).toEqual(
      [photo.id, 'library/anna/a.jpg'].toSorted(),
    );
    expect(await subjects({ exceptTypes: [letter.eventType] })).toEqual(['asset']);
    expect(await subjects({ types: [] })).toEqual([]);
    const [first] = await listDeadLetters(db, 1);
    expect(await subjects({ ids: [first?.id ?? ''] })).toEqual([first?.subject]);
    expect(await countDeadLetters(db)).toEqual(
      new Map([
        [letter.eventType, 3],
        ['other', 1],
      ]),
    );
  });

  test('discarded ones leave the list and keep the note; closed ones keep their outcome', async () => {
    const db = getDb();
    await keepDeadLetter(db, letter);
    await keepDeadLetter(db, { ...letter, eventId: 'e2' });
    const [first] = await listDeadLetters(db, 1);
    await closeDeadLetters(db, [first?.id ?? ''], 'settled');
    expect(await discardDeadLetters(db, {}, 'no photo of mine')).toBe(1);
    expect(await discardDeadLetters(db, {}, 'again')).toBe(0);
    expect(await listDeadLetters(db, 10)).toEqual([]);
    const closed = await db.selectFrom('dead_letter').select(['outcome', 'note']).orderBy('outcome').execute();
    expect(closed).toEqual([
      { outcome: 'discarded', note: 'no photo of mine' },
      { outcome: 'settled', note: null },
    ]);
  });
});
