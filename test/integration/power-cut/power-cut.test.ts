import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLater } from '#shared/db/commit-later.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import type { Db } from '#shared/db/db.ts';
import { openPGliteDb } from '#shared/db/open-pglite-db.ts';
import { silentLog } from '#shared/log/log.ts';
import { relayOnce } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import { openApiApp } from '#test/support/api-app.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { afterPowerCut, type Random, type Unsynced } from './after-power-cut.ts';
import { MemoryDisk } from './memory-disk.ts';
import { RecordingFiles, type DiskOperation } from './recording-files.ts';

/** The number of power cuts; each opening takes PGlite half a second of CPU. More: `DARKROOM_POWER_CUTS=600`. */
const cuts = Number(process.env['DARKROOM_POWER_CUTS'] ?? 40);
const seed = Number(process.env['DARKROOM_POWER_CUTS_SEED'] ?? 20_261_128);

/** An acknowledged request, and the number of disk operations before its response. */
interface Acknowledged {
  assetId: string;
  isFavorite: boolean;
  after: number;
}

let folder = '';
let files: RecordingFiles;
const acknowledged: Acknowledged[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-power-cut-'));
  await using opened = await connectPGlite(join(folder, 'db'), (it) => (files = new RecordingFiles(it)));
  await live(opened.db);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Uploads and edits over the API, stages that commit later, and statements that make the database write its files. */
async function live(db: Db): Promise<void> {
  await using api = await openApiApp({ db });
  const user = await api.newUser();
  const acknowledge = (assetId: string, isFavorite: boolean) =>
    acknowledged.push({ assetId, isFavorite, after: files.operations.length });
  const path = join(folder, 'photo.jpg');
  for (let n = 0; n < 60; n += 1) {
    await writeFile(path, randomBytes(2_000));
    const { status, body } = await user.upload(path);
    if (status !== 201) throw new Error(`an upload was answered ${status}`);
    acknowledge(body.id, false);
    if (n % 3 !== 0) await workOn(db, body.id);
    if (n % 5 === 4) {
      await user.call('PUT', '/assets', { ids: [body.id], isFavorite: true });
      acknowledge(body.id, true);
    }
    if (n % 20 === 7) await commitLater(() => writeMuch(db, `heap_${n}`));
    if (n % 20 === 13) await sql`checkpoint`.execute(db);
    if (n % 20 === 16) await sql`vacuum`.execute(db);
    if (n % 20 === 18) await sql`drop table ${sql.table(`heap_${n - 11}`)}`.execute(db);
  }
}

async function workOn(db: Db, assetId: string): Promise<void> {
  const config = { DARKROOM_LEASE_SECONDS: 60, DARKROOM_MAX_ATTEMPTS: 3, DARKROOM_QUEUE_CAP: 10 };
  const ports = { db, holder: 'test', log: silentLog, config };
  await relayOnce({ ...ports, publish: () => Promise.resolve() });
  for (const stage of ['metadata', 'thumbnail'] as const)
    await runStage(ports, { stage, recipe: 'r1', assetId }, new AbortController().signal, () => Promise.resolve({}));
}

/** Writes more than a segment of the WAL, and more pages than a bulk write keeps in memory: they are evicted before the WAL is synced. */
async function writeMuch(db: Db, name: string): Promise<void> {
  const table = sql.table(name);
  await sql`create table ${table} as select n, repeat('x', 900) as text from generate_series(1, 6000) n`.execute(db);
  await sql`create index on ${table} (n)`.execute(db);
  await sql`update ${table} set n = n + 1 where n % 3 = 0`.execute(db);
}

test('the recording contains the operations under test', () => {
  const count = (kind: DiskOperation['kind']) => files.operations.filter((it) => it.kind === kind).length;
  expect(acknowledged.length).toBeGreaterThan(70);
  expect(count('sync')).toBeGreaterThan(acknowledged.length);
  for (const kind of ['create', 'rename', 'remove', 'resize'] as const) expect(count(kind), kind).toBeGreaterThan(3);
});

test(`each of ${cuts} power cuts leaves a database that opens and has all that was acknowledged`, async () => {
  const random = createRandom(seed);
  const lost: unknown[] = [];
  for (let n = 0; n < cuts; n += 1) {
    const at = chooseMoment(random);
    const unsynced = (['none', 'some', 'torn', 'all'] as const)[n % 4] ?? 'some';
    const fault = await findFault({ operations: files.operations.slice(0, at), unsynced, random });
    if (fault !== undefined) lost.push({ n, at, unsynced, fault });
  }
  expect(lost).toEqual([]);
}, 1_800_000);

test('without the syncs the same check finds losses', async () => {
  const operations = files.operations.filter((it) => it.kind !== 'sync');
  const fault = await findFault({ operations, unsynced: 'none', random: createRandom(seed), acks: acknowledged });
  expect(fault).toMatch(/acknowledged/);
});

test('after a failed sync nothing more is acknowledged', async () => {
  const place = join(folder, 'failing');
  let failing: RecordingFiles | undefined;
  const opened = await connectPGlite(place, (it) => (failing = new RecordingFiles(it)));
  const ownerId = await addUser(opened.db);
  await addAsset(opened.db, ownerId);
  if (failing === undefined) throw new Error('the files were not opened');
  failing.syncError = Object.assign(new Error('the disk is gone'), { code: 'EIO' });
  await expect(addAsset(opened.db, ownerId)).rejects.toThrow();
  failing.syncError = undefined;
  await expect(addAsset(opened.db, ownerId)).rejects.toThrow();
  await opened[Symbol.asyncDispose]();
});

/** Half of all moments are right before or after a sync, or right after a response. */
function chooseMoment(random: Random): number {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const { operations } = files;
  const syncs = [...operations.entries()].filter(([, it]) => it.kind === 'sync').map(([at]) => at);
  const kind = random();
  if (kind < 0.3) return pick(acknowledged)?.after ?? operations.length;
  if (kind < 0.5) return (pick(syncs) ?? 0) + (random() < 0.5 ? 0 : 1);
  return 1 + Math.floor(random() * operations.length);
}

interface Look {
  operations: readonly DiskOperation[];
  unsynced: Unsynced;
  random: Random;
  /** What must be there; by default everything that was acknowledged before the last operation. */
  acks?: readonly Acknowledged[];
}

/** Opens the database after a power cut. undefined if it recovers, has everything that was acknowledged, and works. */
async function findFault({ operations, unsynced, random, acks }: Look): Promise<string | undefined> {
  const state = afterPowerCut({ initial: files.initial, operations, unsynced, random });
  try {
    await using pglite = await PGlite.create({ fs: new MemoryDisk(state), extensions: { vector } });
    const { db } = openPGliteDb(pglite);
    const missing = await findMissing(db, acks ?? acknowledged.filter((it) => it.after <= operations.length));
    await db.destroy();
    return missing;
  } catch (error) {
    return String(error);
  }
}

async function findMissing(db: Db, acks: readonly Acknowledged[]): Promise<string | undefined> {
  const expected = new Map(acks.map((it) => [it.assetId, it]));
  const rows = await db
    .selectFrom('asset')
    .innerJoin('asset_stage', (join) => join.onRef('assetId', '=', 'asset.id').on('stage', '=', 'metadata'))
    .innerJoin('stored_object', 'stored_object.key', 'asset.originalPath')
    .where('stored_object.state', '=', 'asset')
    .select(['asset.id', 'asset.isFavorite', 'asset.checksum'])
    .execute();
  const found = new Map(rows.map((it) => [it.id, it]));
  for (const { assetId, isFavorite } of expected.values()) {
    const row = found.get(assetId);
    if (row === undefined) return `an acknowledged upload is gone: ${assetId} of ${acks.length}`;
    if (isFavorite && !row.isFavorite) return `an acknowledged edit is gone: ${assetId}`;
  }
  const { rows: torn } = await sql<{ counted: number; kept: number }>`
    select (select count(*)::int from asset) as counted,
      (select coalesce(sum(count), 0)::int from asset_month_count) as kept`.execute(db);
  if (torn[0]?.counted !== torn[0]?.kept) return `a transaction is half there: ${JSON.stringify(torn)}`;
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(db);
  for (const { name } of tables) await sql`select * from ${sql.table(name)}`.execute(db);
  await addAsset(db, await addUser(db));
  await sql`vacuum`.execute(db);
  await sql`checkpoint`.execute(db);
  return undefined;
}

/** mulberry32 */
function createRandom(start: number): Random {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
