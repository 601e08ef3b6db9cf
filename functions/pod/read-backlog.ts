import type { Db } from '#shared/db/db.ts';
import { countDeadLetters } from '#shared/outbox/dead-letter.ts';
import { countOutbox, readOutboxAge } from '#shared/outbox/outbox.ts';
import { countStages } from '#shared/stages/stage-queue.ts';
import type { Backlog } from '#shared/metrics/backlog.ts';

/** Counts outbox rows, dead letters and stages that are not done, using partial indexes. @throws db/unavailable */
export async function readBacklog(db: Db): Promise<Backlog> {
  const [outbox, outboxAgeSeconds, letters, stages] = await Promise.all([
    countOutbox(db),
    readOutboxAge(db),
    countDeadLetters(db),
    countStages(db),
  ]);
  const { objects, others } = outbox;
  return {
    outboxWaiting: objects.waiting + objects.underWay + others.waiting + others.underWay,
    outboxAgeSeconds,
    deadLetters: letters.values().reduce((sum, count) => sum + count, 0),
    stages: [...stages].flatMap(([stage, { isPaused: _isPaused, ...counts }]) =>
      Object.entries(counts).map(([state, count]) => ({ stage, state, count })),
    ),
  };
}
