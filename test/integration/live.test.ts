import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { isHeard } from '#shared/db/listen.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { Live, tellLive, type LiveMessage } from '#shared/live/live.ts';
import { onBothDatabases } from './db/both-databases.ts';

onBothDatabases('live messages', (getDb, kind, getOpen) => {
  const listen = (live: Live, userId: string) => {
    const heard: (LiveMessage | 'gap')[] = [];
    return live
      .subscribe(userId, { onMessage: (message) => heard.push(message), onGap: () => heard.push('gap') })
      .then((subscription) => ({ heard, end: () => subscription[Symbol.asyncDispose]() }));
  };
  /** True if a session listens. */
  const countLocks = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as "count" from pg_locks where "locktype" = 'advisory' and "mode" = 'ShareLock'`.execute(
      getDb(),
    );
    return rows[0]?.count;
  };

  test('reach the sockets of their user after the commit, in order, and nobody else', async () => {
    const live = new Live(getOpen().listen);
    const [ada, ben] = [await listen(live, 'ada'), await listen(live, 'ben')];
    let heardInside: unknown[] = [];
    await inTransaction(getDb(), async (tx) => {
      await tellLive(tx, [{ userId: 'ada', event: 'one' }]);
      await tellLive(tx, [{ userId: 'ada', event: 'two', data: { id: 7 } }]);
      heardInside = [...ada.heard];
    });
    await expect
      .poll(() => ada.heard)
      .toEqual([
        { userId: 'ada', event: 'one' },
        { userId: 'ada', event: 'two', data: { id: 7 } },
      ]);
    expect(heardInside).toEqual([]);
    expect(ben.heard).toEqual([]);
    await Promise.all([ada.end(), ben.end()]);
  });

  test('of a transaction that was rolled back are not heard', async () => {
    const live = new Live(getOpen().listen);
    const ada = await listen(live, 'ada');
    await inTransaction(getDb(), async (tx) => {
      await tellLive(tx, [{ userId: 'ada', event: 'lost' }]);
      throw new Error('on purpose');
    }).catch(() => {});
    await tellLive(getDb(), [{ userId: 'ada', event: 'kept' }]);
    await expect.poll(() => ada.heard).toEqual([{ userId: 'ada', event: 'kept' }]);
    await ada.end();
  });

  test('are not sent while no socket is open, and the connection ends with the last one', async () => {
    const live = new Live(getOpen().listen);
    const isSent = async () => {
      const { rows } = await sql<{ isSent: boolean }>`select ${isHeard('darkroom_live')} as "isSent"`.execute(getDb());
      return rows[0]?.isSent;
    };
    expect([await countLocks(), await isSent()]).toEqual([0, false]);
    const [first, second] = [await listen(live, 'ada'), await listen(live, 'ada')];
    expect([await countLocks(), await isSent()]).toEqual([1, true]);
    await first.end();
    expect(await countLocks()).toBe(1);
    await second.end();
    await expect.poll(countLocks).toBe(0);
    const again = await listen(live, 'ada');
    await tellLive(getDb(), [{ userId: 'ada', event: 'again' }]);
    await expect.poll(() => again.heard).toEqual([{ userId: 'ada', event: 'again' }]);
    await again.end();
  });

  test('are heard by a socket that opens while the last one closes', async () => {
    const live = new Live(getOpen().listen);
    const first = await listen(live, 'ada');
    const [second] = await Promise.all([listen(live, 'ben'), first.end()]);
    await second.end();
    const third = await listen(live, 'ada');
    const ended = third.end();
    const fourth = await listen(live, 'ben');
    await ended;
    await tellLive(getDb(), [{ userId: 'ben', event: 'heard' }]);
    await expect.poll(() => fourth.heard).toEqual([{ userId: 'ben', event: 'heard' }]);
    await fourth.end();
  });

  if (kind === 'postgres')
    test('that may be missing after a lost connection are reported as a gap', async () => {
      const live = new Live(getOpen().listen);
      const ada = await listen(live, 'ada');
      await sql`select pg_terminate_backend("pid") from pg_locks where "locktype" = 'advisory' and "mode" = 'ShareLock'`.execute(
        getDb(),
      );
      await expect.poll(() => ada.heard, { timeout: 10_000 }).toEqual(['gap']);
      await tellLive(getDb(), [{ userId: 'ada', event: 'after' }]);
      await expect.poll(() => ada.heard).toEqual(['gap', { userId: 'ada', event: 'after' }]);
      await ada.end();
    });
});
