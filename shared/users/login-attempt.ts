import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

/** `isFirst`: nothing is on record under the key. */
export type LoginTurn = { outcome: 'try'; isFirst: boolean } | { outcome: 'wait'; waitMs: number };

const longestWaitSeconds = 60;

/**
 * Asks for a turn to check a password, before it is checked, so that many attempts at once don't all get one. So many as
 * `freeAttempts` are free; then the time between two turns doubles from one second to a minute and stays there: nobody is locked out.
 * After an hour without a turn the count starts anew.
 */
export async function takeLoginTurn(db: Db, key: Buffer, freeAttempts: number): Promise<LoginTurn> {
  const attempts = sql`case when login_attempt."nextAt" < now() - interval '1 hour' then 1 else login_attempt."attempts" + 1 end`;
  // The column has milliseconds; rounded up, a turn that is free would lie in the future.
  const now = sql`date_trunc('milliseconds', now())`;
  const { rows } = await sql<{ attempts: number }>`
    insert into login_attempt ("key", "attempts", "nextAt") values (${key}, 1, ${now})
    on conflict ("key") do update set
      "attempts" = ${attempts},
      "nextAt" = ${now} + case when ${attempts} < ${freeAttempts} then interval '0'
        else make_interval(secs => least(${longestWaitSeconds}, power(2, least(${attempts}, 30) - ${freeAttempts}))) end
    where login_attempt."nextAt" <= now()
    returning "attempts"`.execute(db);
  const [taken] = rows;
  if (taken !== undefined) return { outcome: 'try', isFirst: taken.attempts === 1 };
  const { rows: waits } = await sql<{ waitMs: number }>`
    select ceil(extract(epoch from "nextAt" - now()) * 1000) as "waitMs" from login_attempt where "key" = ${key}`.execute(
    db,
  );
  return { outcome: 'wait', waitMs: Math.max(1, waits[0]?.waitMs ?? 1) };
}

/** Forgets the attempts after a success, and with them the old ones of everybody. */
export async function clearLoginAttempts(db: Db, key: Buffer): Promise<void> {
  await db
    .deleteFrom('login_attempt')
    .where((eb) => eb.or([eb('key', '=', key), eb('nextAt', '<', sql<Date>`now() - interval '1 day'`)]))
    .execute();
}

/** Takes an attempt off the record that was no failure. */
export async function forgetLoginAttempt(db: Db, key: Buffer): Promise<void> {
  await sql`
    with gone as (delete from login_attempt where "key" = ${key} and "attempts" <= 1)
    update login_attempt set "attempts" = "attempts" - 1 where "key" = ${key} and "attempts" > 1`.execute(db);
}
