import type { Db } from '#shared/db/db.ts';
import type { ResponseOf } from '../http/contract.ts';
import { queueNames, readCounts, toStatistics } from '../queues/stage-queues.ts';

/** The queues by name. */
export async function readLegacyQueues(db: Db): Promise<ResponseOf<'getQueuesLegacy'>> {
  const counts = await readCounts(db);
  const entries = queueNames.map((name) => {
    const { active, queued, isPaused } = counts[name];
    return [
      name,
      { jobCounts: toStatistics(counts[name]), queueStatus: { isActive: active + queued > 0, isPaused } },
    ] as const;
  });
  return Object.fromEntries(entries) as ResponseOf<'getQueuesLegacy'>;
}
