import type { Db } from '#shared/db/db.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../http/contract.ts';
import { queueNames, readCounts, toStatistics, type QueueName } from './stage-queues.ts';

type Queue = ResponseOf<'getQueue'>;

export async function listQueues(db: Db): Promise<Queue[]> {
  const counts = await readCounts(db);
  return queueNames.map((name) => ({
    name,
    isPaused: counts[name].isPaused,
    statistics: toStatistics(counts[name]),
  }));
}

export async function readQueue(db: Db, name: QueueName): Promise<Queue> {
  const queue = (await listQueues(db)).find((it) => it.name === name);
  if (queue === undefined) throw new DarkroomError('resource/not-found');
  return queue;
}
