import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

/** `isFirst`: no earlier attempt is recorded for the key. */
export type LoginLimit = { outcome: 'allowed'; isFirst: boolean } | { outcome: 'limited'; waitMs: number };

const longestWaitSeconds = 60;

/**
 * Limits the rate of password checks. It is called before the check, so that concurrent attempts are limited too. The
 * first `freeAttempts` are allowed at once; then the time between two attempts doubles from one second to a minute and
 * stays there, so that no account is locked out. After an hour without an attempt the count is reset.
 */
export async function limitLoginAttempt(db: Db, key: Buffer, freeAttempts: number): Promise<LoginLimit> {
  const attempts = sql`case when login_attempt."nextAt" < now() - interval '1 hour' then 1 else login_attempt."attempts" + 1 end`;
  // The column has milliseconds; rounded up, the time of the next free attempt would be in the future.
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
  if (taken !== undefined) return { outcome: 'allowed', isFirst: taken.attempts === 1 };
  const { rows: waits } = await sql<{ waitMs: number }>`
    select ceil(extract(epoch from "nextAt" - now()) * 1000) as "waitMs" from login_attempt where "key" = ${key}`.execute(
    db,
  );
  return { outcome: 'limited', waitMs: Math.max(1, waits[0]?.waitMs ?? 1) };
}

/** Deletes the attempts of `key` after a success, and those of all keys that are older than a day. */
export async function clearLoginAttempts(db: Db, key: Buffer): Promise<void> {
  await db
    .deleteFrom('login_attempt')
    .where((eb) => eb.or([eb('key', '=', key), eb('nextAt', '<', sql<Date>`now() - interval '1 day'`)]))
    .execute();
}

/** Decrements the count after an attempt that was not a failure. */
export async function forgetLoginAttempt(db: Db, key: Buffer): Promise<void> {
  await sql`
    with gone as (delete from login_attempt where "key" = ${key} and "attempts" <= 1)
    update login_attempt set "attempts" = "attempts" - 1 where "key" = ${key} and "attempts" > 1`.execute(db);
}
