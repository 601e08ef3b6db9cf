import type { Db } from '#shared/db/db.ts';
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
  const hold = () =>
    holdOutbox(db, eventId, objectSeconds).catch((error: unknown) =>
      log.warn({ err: toDarkroomError(error), eventId }, 'fact not held'),
    );
  const timer = setInterval(() => void hold(), (objectSeconds * 1000) / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
