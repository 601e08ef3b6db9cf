// A round of the relay, and jobs for many photos, where hundreds of thousands of stages wait, on both databases.
//   node test/bench/relay.ts [--stages 300000]
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { analyzeTables } from '#shared/db/maintenance.ts';
import { isWorkOpen, queuePendingStages, reclaimStages, unqueueStages } from '#shared/stages/stage-lane.ts';
import { openMissingStages, redoStage, redriveStages } from '#shared/stages/stage-queue.ts';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { addPhotos } from '#test/support/many-photos.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { addUser } from '#test/support/rows.ts';
import { formatFigure, type Figure } from './figures.ts';

export interface RelayOptions {
  stages: number;
  database: 'embedded' | 'PostgreSQL';
}

const rounds = 50;
const owners = 10;

/** `stages` photos of ten owners that all wait for their metadata. */
export async function measureRelay({ stages, database }: RelayOptions): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const db = await open(database, resources);
  for (let n = 0; n < owners; n++) await addPhotos(db, await addUser(db), Math.ceil(stages / owners));
  const name = (what: string) => `relay, ${stages.toLocaleString('en')} stages wait, ${database}: ${what}`;
  const opening = await time(() => openMissingStages(db, 'metadata'));
  await analyzeTables(db);
  const [round, look, ask]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < rounds; n++) {
    let queued: Awaited<ReturnType<typeof queuePendingStages>> = [];
    round.push(await time(async () => (queued = await queuePendingStages(db, { cap: 16, leaseSeconds: 60 }))));
    if (queued.length !== 16) throw new Error(`a round took ${queued.length}`);
    look.push(await time(() => reclaimStages(db, { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 5 })));
    ask.push(await time(() => isWorkOpen(db)));
    await unqueueStages(db, queued);
  }
  await sql`update asset_stage set "state" = 'done'`.execute(db);
  const { rows } = await sql<{ id: string }>`select "id" from asset limit 20000`.execute(db);
  const named = await time(() =>
    redoStage(
      db,
      'metadata',
      rows.map((row) => row.id),
    ),
  );
  const all = await time(() => redriveStages(db, 'metadata', ['done']));
  return [
    { name: name('a round of 16'), unit: 'ms', values: round, aim: { atMost: 20 } },
    { name: name('a look for what was lost'), unit: 'ms', values: look },
    { name: name('whether anything is open'), unit: 'ms', values: ask },
    { name: name('a stage is opened for all'), unit: 'ms', values: [opening] },
    { name: name('one is done again for 20,000'), unit: 'ms', values: [named] },
    { name: name('and for all others'), unit: 'ms', values: [all] },
  ];
}

async function open(database: RelayOptions['database'], resources: AsyncDisposableStack): Promise<Db> {
  if (database === 'embedded') return resources.use(await createEmbeddedDb()).db;
  const postgres = resources.use(await startPostgres());
  const { url } = await postgres.createDatabase();
  const { db } = resources.use(connectPostgres({ url, poolSize: 4 }));
  await migrateToLatest(db);
  return db;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { stages: { type: 'string', default: '300000' } } });
  for (const database of ['PostgreSQL', 'embedded'] as const)
    for (const figure of await measureRelay({ stages: Number(values.stages), database }))
      console.log(formatFigure(figure));
}
