// Files that a watcher told, taken in from a store that answers late: files a second, and how long others wait for the
// database meanwhile.
//   node test/bench/ingest.ts [--latencies 20,300] [--files 60] [--at-once 10]
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { ingestObject, type IngestPorts } from '#functions/ingest/ingest.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { newId } from '#shared/ids/ids.ts';
import { openTestPlatform } from '#test/support/pipeline.ts';
import { postgresProgram, startPostgres } from '#test/support/postgres-server.ts';
import { addUser } from '#test/support/rows.ts';
import { formatFigure, type Figure } from './figures.ts';

export interface IngestOptions {
  latencyMs: number;
  files: number;
  /** Events that are handled beside each other. */
  atOnce: number;
  database: 'embedded' | 'PostgreSQL';
}

export async function measureIngest({ latencyMs, files, atOnce, database }: IngestOptions): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await openTestPlatform());
  const db = database === 'embedded' ? platform.db : await openServer(stack);
  const storageLabel = `label-${newId()}`;
  await addUser(db, { storageLabel });
  const keys = Array.from({ length: files }, (_, n) => `library/${storageLabel}/${n}.jpg`);
  for (const key of keys) await platform.store.put(key, randomBytes(10_000));
  const ports = { ...platform, db, store: slowDown(platform.store, latencyMs) };
  const waits = watchWaits(db);
  const startedAt = performance.now();
  const waiting = [...keys];
  const work = async () => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift())
      await ingestObject(ports, { key }, platform.signal);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  const name = (what: string) => `ingest, store answers after ${latencyMs} ms, ${database}: ${what}`;
  return [
    { name: name(`files taken in, ${atOnce} at once`), unit: '/s', values: [files / seconds] },
    { name: name('longest wait of another query'), unit: 'ms', values: [Math.max(...(await waits.stop()))] },
  ];
}

async function openServer(stack: AsyncDisposableStack): Promise<Db> {
  const server = stack.use(await startPostgres());
  const { db } = stack.use(connectPostgres({ url: (await server.createDatabase()).url, poolSize: 10 }));
  await migrateToLatest(db);
  return db;
}

function slowDown(store: IngestPorts['store'], latencyMs: number): IngestPorts['store'] {
  return {
    kind: store.kind,
    find: async (key) => {
      await setTimeout(latencyMs);
      return await store.find(key);
    },
    read: async (key, range) => {
      await setTimeout(latencyMs);
      return await store.read(key, range);
    },
  };
}

/** Asks the database for nothing again and again, and notes how many milliseconds each answer took. */
function watchWaits(db: Db): { stop: () => Promise<number[]> } {
  const waits: number[] = [];
  const over = new AbortController();
  const ask = async () => {
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      await sql`select 1`.execute(db);
      waits.push(performance.now() - startedAt);
      await setTimeout(20);
    }
  };
  const asking = ask();
  return {
    stop: async () => {
      over.abort();
      await asking;
      return waits;
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      latencies: { type: 'string', default: '20,300' },
      files: { type: 'string', default: '60' },
      'at-once': { type: 'string', default: '10' },
    },
  });
  const [files, atOnce] = [Number(values.files), Number(values['at-once'])];
  const databases = existsSync(postgresProgram) ? (['embedded', 'PostgreSQL'] as const) : (['embedded'] as const);
  for (const database of databases) {
    for (const latencyMs of values.latencies.split(',').map(Number)) {
      for (const figure of await measureIngest({ latencyMs, files, atOnce, database }))
        console.log(formatFigure(figure));
    }
  }
}
