import type { Db } from '#shared/db/db.ts';
import { keepLease } from '#shared/db/lease.ts';
import { holdOutbox } from '#shared/outbox/outbox.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';

/** An event about an object that no function is handling is sent again after this time. */
export const objectSeconds = 90;

/** Postpones the resending of an event about an object while `work` handles it, however long that takes. */
export async function whileHeld<Result>(
  { db, log }: { db: Db; log: Log },
  eventId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  using _held = keepLease({
    seconds: objectSeconds,
    renew: () => holdOutbox(db, eventId, objectSeconds).then(() => true),
    onError: (error) =>
      log.warn({ err: toDarkroomError(error), eventId }, 'could not postpone the resending of an event'),
  });
  return await work();
}
