// The listing of a bucket of 100,000 objects on MinIO and PostgreSQL: all new, all known, and a few that were missed.
//   node test/bench/listing.ts [--objects 100000]
import { mkdir, mkdtempDisposable, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { listBucket } from '#functions/watch-minio/list-bucket.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { silentLog } from '#shared/log/log.ts';
import { openMinioStore } from '#shared/store/minio-store.ts';
import { startMinio } from '#test/support/minio-server.ts';
import { startPostgres } from '#test/support/postgres-server.ts';

const { values } = parseArgs({ options: { objects: { type: 'string', default: '100000' } } });
const objects = Number(values.objects);
const bucket = 'darkroom';

await using folder = await mkdtempDisposable(join(tmpdir(), 'darkroom-bench-listing-'));
await using minio = await startMinio({ dataFolder: folder.path });
await using postgres = await startPostgres();
await using database = connectPostgres({ url: (await postgres.createDatabase()).url, poolSize: 2 });
const { db } = database;
await migrateToLatest(db);
const { endpoint, port, accessKey, secretKey } = minio;
await using store = await openMinioStore({
  endpoint,
  port,
  accessKey,
  secretKey,
  useTls: false,
  bucket,
  region: 'us-east-1',
});

const keyOf = (index: number) => `library/anna/${2000 + (index % 25)}/${String(index).padStart(7, '0')}.jpg`;
await fill();
console.log(`before: RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`);
await measure('all of them new');
await importFile(db);
await measure('all of them known');
for (let i = 0; i < 100; i++) await rm(join(folder.path, bucket, keyOf(i * 7)), { recursive: true });
await sql`delete from stored_object where "key" in (select "key" from stored_object order by md5("key") limit 1000)`.execute(
  db,
);
await measure('1,000 of them missed, 100 removed');

/** One object is put, and the others are copies of its file: MinIO keeps no other list of what it has. */
async function fill(): Promise<void> {
  await store.put(keyOf(0), Buffer.alloc(100, 'x'));
  const first = join(folder.path, bucket, keyOf(0));
  const [name = ''] = await readdir(first);
  const meta = await readFile(join(first, name));
  for (let i = 1; i < objects; i++) {
    const path = join(folder.path, bucket, keyOf(i));
    await mkdir(path, { recursive: true });
    await writeFile(join(path, name), meta);
  }
}

/** What ingest leaves behind, in one statement. */
async function importFile(to: Db): Promise<void> {
  await sql`
    insert into stored_object ("store", "key", "state", "sizeBytes", "version")
    select 'minio', "subject", 'refused', ("data"->>'sizeBytes')::bigint, "data"->>'version' from outbox`.execute(to);
  await sql`delete from outbox`.execute(to);
  await sql`vacuum analyze stored_object, outbox`.execute(to);
}

async function measure(what: string): Promise<void> {
  const relay = { kick() {} };
  const ports = { db, store, relay, log: silentLog, holder: 'bench' };
  const scope = { bucket, store: 'minio', prefix: 'library/' };
  let mostRssBytes = 0;
  const timer = setInterval(() => (mostRssBytes = Math.max(mostRssBytes, process.memoryUsage.rss())), 20);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { outcome } = await listBucket(ports, scope, new AbortController().signal);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(timer);
  const { events } = await db
    .selectFrom('outbox')
    .select(sql<number>`count(*)`.as('events'))
    .executeTakeFirstOrThrow();
  console.log(
    `${what}: ${outcome}, ${(wallMs / 1000).toFixed(1)} s, CPU ${((user + system) / 1e6).toFixed(1)} s, RSS ${Math.round(mostRssBytes / 2 ** 20)} MB, ${events} events`,
  );
}
