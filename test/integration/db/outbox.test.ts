import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import {
  claimAcknowledged,
  claimOutbox,
  deleteOutbox,
  eventIdOf,
  releaseOutbox,
  writeOutbox,
  type OutboxEvent,
} from '#shared/outbox/outbox.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { deterministicId, newId } from '#shared/ids/ids.ts';
import { onBothDatabases } from './both-databases.ts';

const event = (more: Partial<OutboxEvent> = {}): OutboxEvent => ({
  id: newId(),
  type: 'photos.darkroom.asset.deleted.v1',
  source: '/darkroom/api',
  subject: newId(),
  data: { assetId: newId(), list: [1, null], text: '…' },
  ...more,
});

onBothDatabases('the outbox', (getDb) => {
  beforeEach(async () => {
    await getDb().deleteFrom('outbox').execute();
  });

  test('events are read as they were written', async () => {
    const db = getDb();
    const [first, second] = [event({ traceparent: '00-a-b-01' }), event({ data: [] })];
    await writeOutbox(db, [first, second]);
    await writeOutbox(db, []);
    const claimed = await claimOutbox(db, 10, 60);
    expect(claimed.toSorted((a) => (a.id === first.id ? -1 : 1))).toEqual([
      { ...first, createdAt: expect.any(Date) },
      { ...second, traceparent: null, createdAt: expect.any(Date) },
    ]);
  });

  test('ids from SQL and from TypeScript are the same', async () => {
    const type = eventTypes.assetDeleted;
    for (const part of [newId(), '', 'Zoë & 写真', 'a;1:b']) {
      const { rows } = await sql<{ id: string }>`select ${eventIdOf(type, sql`${part}::text`)} as "id"`.execute(
        getDb(),
      );
      expect(rows).toEqual([{ id: deterministicId(type, part) }]);
    }
  });

  test('the same event is stored once, however often it is written', async () => {
    const db = getDb();
    const same = event();
    await Promise.all(Array.from({ length: 5 }, () => writeOutbox(db, [same, event()])));
    const ids = (await claimOutbox(db, 100, 60)).map((it) => it.id);
    expect(ids).toHaveLength(6);
    expect(ids.filter((id) => id === same.id)).toHaveLength(1);
  });

  test('concurrent writes of the same events in any order do not deadlock', async () => {
    const db = getDb();
    const events = Array.from({ length: 300 }, () => event());
    for (let turn = 0; turn < 5; turn++) {
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => writeOutbox(db, n % 2 === 0 ? events : events.toReversed())),
      );
      const claimed = await claimOutbox(db, 1000, 60);
      expect(claimed).toHaveLength(300);
      const ids = claimed.map((it) => it.id);
      await deleteOutbox(db, ids);
    }
  });

  test('each event is claimed by one relay, and again once its time is over', async () => {
    const db = getDb();
    await writeOutbox(
      db,
      Array.from({ length: 40 }, () => event()),
    );
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimOutbox(db, 10, 60)));
    const ids = claims.flat().map((it) => it.id);
    expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
    expect(await claimOutbox(db, 10, -1)).toEqual([]);
    await db
      .updateTable('outbox')
      .set({ nextTryAt: new Date(0) })
      .execute();
    expect(await claimOutbox(db, 100, 60)).toHaveLength(40);
  });

  test('those waiting longest are claimed first, and deleted ones never again', async () => {
    const db = getDb();
    const [early, late] = [event(), event()];
    await writeOutbox(db, [late, early]);
    await db
      .updateTable('outbox')
      .set({ nextTryAt: new Date(0) })
      .where('id', '=', early.id)
      .execute();
    expect((await claimOutbox(db, 1, -1)).map((it) => it.id)).toEqual([early.id]);
    await deleteOutbox(db, [early.id]);
    await deleteOutbox(db, []);
    expect((await claimOutbox(db, 10, 60)).map((it) => it.id)).toEqual([late.id]);
  });

  test('events of objects stay until they are acknowledged, and no more than the cap are under way', async () => {
    const db = getDb();
    const events = Array.from({ length: 10 }, () => event({ type: 'photos.darkroom.object.created.v1' }));
    await writeOutbox(db, events);
    expect(await claimOutbox(db, 100, 60)).toEqual([]);
    const first = await claimAcknowledged(db, 4, 900);
    expect(first).toHaveLength(4);
    expect(await claimAcknowledged(db, 4, 900)).toEqual([]);
    await deleteOutbox(db, [first[0]?.id ?? '']);
    const next = await claimAcknowledged(db, 4, 900);
    expect(next).toHaveLength(1);
    expect(first.map((it) => it.id)).not.toContain(next[0]?.id);
    await releaseOutbox(
      db,
      [...first, ...next].map((it) => it.id),
    );
    expect(await claimAcknowledged(db, 100, 900)).toHaveLength(9);
  });

  test('events that are not acknowledged in time are claimed again', async () => {
    const db = getDb();
    await writeOutbox(db, [event({ type: 'photos.darkroom.object.removed.v1' })]);
    expect(await claimAcknowledged(db, 4, -1)).toHaveLength(1);
    expect(await claimAcknowledged(db, 4, 900)).toHaveLength(1);
    expect(await claimAcknowledged(db, 4, 900)).toEqual([]);
  });

  test('an event written in a transaction that fails is never sent', async () => {
    const db = getDb();
    const failing = db.transaction().execute(async (tx) => {
      await writeOutbox(tx, [event()]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await claimOutbox(db, 10, 60)).toEqual([]);
  });
});
