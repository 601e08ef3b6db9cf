import { discardDeadLetters } from '#shared/outbox/dead-letter.ts';
import { clearFailedStages } from '#shared/stages/stage-queue.ts';
import type { RequestContext } from '../http/operation.ts';
import { lettersOfQueue, stageOfQueue, type QueueName } from './stage-queues.ts';

/** Deletes the failed stages of a queue, and discards its dead letters. */
export async function clearFailed({ ports: { db }, auth }: RequestContext, name: QueueName): Promise<void> {
  const stage = stageOfQueue[name];
  if (stage !== undefined) await clearFailedStages(db, stage);
  const letters = lettersOfQueue(name);
  if (letters !== undefined) await discardDeadLetters(db, letters, `cleared by ${auth.user.email}`);
}
