import type { Db } from '#shared/db/db.ts';
import { keepLease } from '#shared/db/lease.ts';
import { holdOutbox } from '#shared/outbox/outbox.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';

/** So long after it was sent, a fact about an object that nobody has in hand is sent again. */
export const objectSeconds = 90;

/** Keeps a fact about an object from being sent again while it is worked on, however long that takes. */
export async function whileHeld<Result>(
  { db, log }: { db: Db; log: Log },
  eventId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  using _held = keepLease({
    seconds: objectSeconds,
    renew: () => holdOutbox(db, eventId, objectSeconds).then(() => true),
    onError: (error) => log.warn({ err: toDarkroomError(error), eventId }, 'fact not held'),
  });
  return await work();
}
