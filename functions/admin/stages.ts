import { countDeadLetters } from '#shared/outbox/dead-letter.ts';
import { countOutbox } from '#shared/outbox/outbox.ts';
import { listFailedPhotos, sumFailures, sumStages, type StageSum } from '#shared/stages/stage-report.ts';
import { countStages } from '#shared/stages/stage-queue.ts';
import { stages } from '#shared/db/tables.ts';
import type { Db } from '#shared/db/db.ts';
import type { AdminCommand, AdminInput, Answer } from './command.ts';
import { formatAge } from './format-age.ts';
import { formatTable } from './format-table.ts';
import { findCount, findStage, hasFlag, refuseArguments } from './read-input.ts';

const states = ['pending', 'queued', 'active', 'failed', 'unsupported', 'done'] as const;
const reasonsMax = 20;

export const command: AdminCommand = {
  options: { stage: { type: 'string' }, failed: { type: 'boolean' }, limit: { type: 'string' } },
  async run(ports, input) {
    refuseArguments(input);
    findStage(input);
    const db = await ports.openDb();
    return hasFlag(input, 'failed') ? await listFailed(db, input) : await summarize(db, input);
  },
};

async function summarize(db: Db, input: AdminInput): Promise<Answer> {
  const only = findStage(input);
  const sums = await sumStages(db, only);
  const reasons = await sumFailures(db, reasonsMax, only);
  const counts = await countStages(db);
  const [outbox, letters] = [await countOutbox(db), await countDeadLetters(db)];
  const deadLetters = [...letters.values()].reduce((sum, count) => sum + count, 0);

  const rows = (only === undefined ? stages : [only]).map((stage) => {
    const of = sums.filter((it) => it.stage === stage);
    const isPaused = counts.get(stage)?.isPaused === true;
    return [
      `${stage}${isPaused ? ' (paused)' : ''}`,
      ...states.map((state) => String(of.find((it) => it.state === state)?.count ?? 0)),
      formatOldest(of),
    ];
  });
  const parts = [formatTable(['STAGE', ...states.map((it) => it.toUpperCase()), 'WAITS SINCE'], rows)];
  if (reasons.length > 0) {
    const lines = reasons.map((it) => [it.stage, it.state, String(it.count), formatAge(it.latest), it.reason ?? '']);
    parts.push(formatTable(['STAGE', 'STATE', 'PHOTOS', 'LAST', 'REASON'], lines));
  }
  parts.push(
    `Events in the outbox: ${outbox.objects.waiting + outbox.others.waiting}; sent but not handled yet: ${outbox.objects.underWay + outbox.others.underWay}; dead letters: ${deadLetters}`,
  );
  return { text: parts.join('\n\n'), json: { stages: sums, reasons, outbox, deadLetters } };
}

/** How long the stage has waited whose state has not changed for longest. */
function formatOldest(sums: readonly StageSum[]): string {
  const open = sums.filter(({ state }) => state === 'pending' || state === 'queued' || state === 'active');
  const [oldest] = open.map((it) => it.oldest).toSorted((a, b) => a.getTime() - b.getTime());
  return oldest === undefined ? '' : formatAge(oldest);
}

async function listFailed(db: Db, input: AdminInput): Promise<Answer> {
  const limit = findCount(input, 'limit') ?? 100;
  const photos = await listFailedPhotos(db, limit, findStage(input));
  const rows = photos.map((it) => [
    it.stage,
    formatAge(it.changedAt),
    it.email,
    it.originalFileName,
    it.assetId,
    it.reason ?? '',
  ]);
  return {
    text:
      rows.length === 0
        ? 'Nothing has failed.'
        : formatTable(['STAGE', 'AGE', 'OWNER', 'FILE', 'ASSET', 'REASON'], rows),
    json: photos,
  };
}
