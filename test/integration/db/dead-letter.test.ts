import { beforeEach, expect, test } from 'vitest';
import { keepDeadLetter, listDeadLetters, markRedriven } from '#shared/db/queries/dead-letter.ts';
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

  test('a letter is kept in its types', async () => {
    const db = getDb();
    await keepDeadLetter(db, letter);
    expect(await listDeadLetters(db, 10)).toEqual([
      { ...letter, id: expect.any(String), receivedAt: expect.any(Date), redrivenAt: null },
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

  test('the oldest are listed first; one that was redriven leaves the list and may come again', async () => {
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
    await markRedriven(db, oldest?.id ?? '');
    expect((await listDeadLetters(db, 10)).map((it) => it.eventId)).toEqual(['e2', 'e1']);
    await keepDeadLetter(db, { ...letter, eventId: 'e3' });
    expect((await listDeadLetters(db, 10)).map((it) => it.eventId)).toEqual(['e2', 'e1', 'e3']);
  });
});
