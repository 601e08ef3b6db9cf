import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { verifyStore, type Finding } from '#functions/sweep/verify-store.ts';
import type { Db } from '#shared/db/db.ts';
import { sleep, type FaultLab } from './fault-lab.ts';
import { tellAnswers, type Uploads } from './workload.ts';

/** Counts of unfinished work. */
export interface Unsettled {
  pending: number;
  queued: number;
  active: number;
  reserved: number;
  outbox: number;
}

export async function countUnsettled(db: Db): Promise<Unsettled> {
  const { rows } = await sql<Unsettled>`
    select count(*) filter (where "state" = 'pending') as "pending",
      count(*) filter (where "state" = 'queued') as "queued",
      count(*) filter (where "state" = 'active') as "active",
      (select count(*) from stored_object where "state" = 'reserved' or "code" in ('abandoned', 'given-up')) as "reserved",
      (select count(*) from outbox) as "outbox"
    from asset_stage`.execute(db);
  const [counts] = rows;
  if (counts === undefined) throw new Error('no counts');
  return counts;
}

const isSettled = (it: Unsettled) => it.pending + it.queued + it.active + it.reserved + it.outbox === 0;
const tell = (it: object) =>
  Object.entries(it)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${String(count)} ${name}`)
    .join(', ');

/** The wall-clock time until nothing was open any more. */
export interface Settled {
  /** The start of the time; default: the last upload. */
  since?: string;
  tookMs: number;
}

export interface SettleOptions {
  timeoutMs?: number;
  /** The fault and its end, by `Date.now()`; without it the time starts now. */
  fault?: { endedAtMs: number; name: string };
}

/** Waits until everything has settled, without a manual action and without shifting time. */
export async function settle(
  { installation: { db } }: FaultLab,
  { timeoutMs = 15 * 60_000, fault }: SettleOptions = {},
): Promise<Settled> {
  const start = Date.now();
  for (;;) {
    const open = await countUnsettled(db);
    if (isSettled(open)) {
      return { tookMs: Date.now() - (fault?.endedAtMs ?? start), ...(fault && { since: fault.name }) };
    }
    if (Date.now() - start > timeoutMs) throw new Error(`not settled after ${timeoutMs} ms: ${tell(open)}`);
    await sleep(1000);
  }
}

/**
 * Checks that every acknowledged photo is one asset with its bytes, its derivatives and no failed stage, and that there are
 * no other assets, no orphaned files, and no work under way.
 */
export async function expectWhole(lab: FaultLab, { acknowledged }: Pick<Uploads, 'acknowledged'>): Promise<string> {
  const { db, store } = lab.installation;
  const assets = await db
    .selectFrom('asset')
    .select(['id', 'checksum', 'originalPath', 'status'])
    .where('ownerId', '=', lab.ownerId)
    .execute();
  const byChecksum = new Map(assets.map((it) => [it.checksum.toString('hex'), it]));
  const wrong: string[] = [];
  for (const [checksum, id] of acknowledged) {
    const asset = byChecksum.get(checksum);
    if (asset === undefined) wrong.push(`${id} was acknowledged and is not there`);
    else if (asset.id !== id) wrong.push(`${id} was acknowledged, ${asset.id} is there`);
  }
  if (assets.length !== acknowledged.size) wrong.push(`${assets.length} assets of ${acknowledged.size} photos`);
  await forEach(assets, async ({ id, checksum, originalPath }) => {
    const bytes = await buffer(await store.read(originalPath));
    if (!createHash('sha1').update(bytes).digest().equals(checksum)) wrong.push(`${originalPath} has other bytes`);
    for (const size of ['thumbnail', 'preview']) {
      const problem = await findPictureProblem(lab, id, size);
      if (problem !== undefined) wrong.push(problem);
    }
  });
  wrong.push(...(await listWrongStages(db, lab.ownerId)), ...(await listOrphans(lab)));
  expect(await countUnsettled(db)).toEqual({ pending: 0, queued: 0, active: 0, reserved: 0, outbox: 0 });
  expect(wrong).toEqual([]);
  return `${acknowledged.size} photos acknowledged: each is one asset with its bytes, thumbnail and preview; no orphans.`;
}

/** Retries, as clients do, since a request may reach a pod that was just killed. */
async function findPictureProblem({ phone }: FaultLab, id: string, size: string): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const response = await phone.fetch(`/assets/${id}/thumbnail?size=${size}`).catch(() => undefined);
    const { byteLength } = (await response?.arrayBuffer().catch(() => undefined)) ?? { byteLength: 0 };
    if (response?.status === 200 && byteLength > 0) return undefined;
    if (attempt === 10 || (response !== undefined && response.status < 500))
      return `${size} of ${id} answered ${response?.status ?? 'nothing'}`;
    await sleep(1000);
  }
}

async function listWrongStages(db: Db, ownerId: string): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select a."id" || ' ' || s."stage" || ' is ' || coalesce(t."state", 'missing') || coalesce(': ' || t."reason", '') as "text"
    from asset a cross join (values ('metadata'), ('thumbnail')) s("stage")
    left join asset_stage t on t."assetId" = a."id" and t."stage" = s."stage"
    where a."ownerId" = ${ownerId} and t."state" is distinct from 'done'
    union all
    select "assetId" || ' ' || "stage" || ' failed: ' || coalesce("reason", '') from asset_stage where "state" = 'failed'`.execute(
    db,
  );
  return rows.map((row) => row.text);
}

/** Objects of the store without a row, and rows without their object. */
async function listOrphans({ installation: { db, store } }: FaultLab): Promise<string[]> {
  const found: Finding[] = [];
  await verifyStore(
    { db, store },
    { repair: false, signal: AbortSignal.timeout(300_000), onFinding: (it) => found.push(it) },
  );
  const pictures: string[] = [];
  for await (const { key } of store.list('thumbs/')) pictures.push(key);
  const { rows } = await sql<{ key: string }>`
    select k."key" from unnest(${pictures}::text[]) k("key")
    where not exists (select from asset_file f where f."path" = k."key")
      and not exists (select from person p where p."thumbnailPath" = k."key")`.execute(db);
  return [...found.map((it) => `${it.what}: ${it.key}`), ...rows.map((it) => `rendering-unknown: ${it.key}`)];
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** A paragraph for the page of measurements. */
export function report(uploads: Uploads, settled: Settled, ...lines: string[]): string {
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  return [
    ...lines,
    `${uploads.acknowledged.size} uploads in ${seconds(uploads.tookMs)}. Clients saw ${tellAnswers(uploads)}.`,
    `Settled by itself ${seconds(settled.tookMs)} after ${settled.since ?? 'the last upload'}.`,
  ].join('\n\n');
}
