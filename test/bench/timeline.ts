// The timeline of one owner with a million assets in 500 albums, over HTTP on PostgreSQL, while photos are added, with the answers as
// they are and compressed (the client's time to read them included); and what the kept counts cost an insert.
//   node test/bench/timeline.ts [--assets 1000000] [--requests 200]
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { createToken } from '#shared/auth/tokens.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { createSession } from '#shared/users/session.ts';
import { newId } from '#shared/ids/ids.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { startApiProcess } from './api-process.ts';
import { formatFigure, percentile, type Figure } from './figures.ts';
import { readCpuMs } from './process-cost.ts';

export interface TimelineOptions {
  assets: number;
  requests: number;
}

const aimMs: Record<string, number> = { 'the list of 500 albums': 50, 'asset statistics': 50 };

/** 250 months of 4,000 assets each, with what the timeline shows of them. */
export async function measureTimeline({ assets, requests }: TimelineOptions): Promise<Figure[]> {
  await using postgres = await startPostgres();
  const { url } = await postgres.createDatabase();
  await using opened = connectPostgres({ url, poolSize: 8 });
  const { db } = opened;
  await migrateToLatest(db);
  const ownerId = await addUser(db);
  await fill(db, ownerId, assets);
  const { secret, hash } = createToken();
  await createSession(db, { id: newId(), token: hash, userId: ownerId });
  await using folder = await mkdtempDisposable(join(tmpdir(), 'darkroom-bench-timeline-'));
  await using api = await startApiProcess({ databaseUrl: url, dataFolder: folder.path });
  const get = async (path: string, encoding: string) => {
    const started = performance.now();
    const headers = { authorization: `Bearer ${secret}`, 'accept-encoding': encoding };
    const response = await fetch(`${api.url}/api${path}`, { headers });
    const body = await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
    return { ms: performance.now() - started, body };
  };
  const stop = new AbortController();
  const writing = addPhotosUntil(db, ownerId, stop.signal);
  const figures: Figure[] = [];
  try {
    const { body } = await get('/timeline/buckets?visibility=timeline', 'identity');
    const months = JSON.parse(Buffer.from(body).toString()) as { timeBucket: string; count: number }[];
    const month = (n: number) =>
      `/timeline/bucket?visibility=timeline&timeBucket=${months[(n % (months.length - 2)) + 1]?.timeBucket}`;
    const cases = [
      { name: 'month counts', path: () => '/timeline/buckets?visibility=timeline', encoding: 'identity' },
      { name: 'the list of 500 albums', path: () => '/albums', encoding: 'identity' },
      { name: 'asset statistics', path: () => '/assets/statistics', encoding: 'identity' },
      { name: 'a month of 4,000', path: month, encoding: 'identity' },
      { name: 'a month of 4,000 with gzip', path: month, encoding: 'gzip' },
      { name: 'a month of 4,000 with Brotli', path: month, encoding: 'br' },
    ];
    for (const { name, path, encoding } of cases) {
      for (let n = 0; n < 20; n += 1) await get(path(n), encoding);
      const times: number[] = [];
      const cpuMs = await readCpuMs([api.pid]);
      const databaseCpuMs = await readCpuMs([postgres.pid ?? 0]);
      for (let n = 0; n < requests; n += 1) times.push((await get(path(n), encoding)).ms);
      figures.push({
        name: `timeline of ${assets.toLocaleString('en')}: ${name}, CPU of the API for each`,
        unit: 'ms',
        values: [((await readCpuMs([api.pid])) - cpuMs) / requests],
      });
      figures.push({
        name: `timeline of ${assets.toLocaleString('en')}: ${name}, CPU of PostgreSQL for each`,
        unit: 'ms',
        values: [((await readCpuMs([postgres.pid ?? 0])) - databaseCpuMs) / requests],
      });
      for (const share of [0.5, 0.95]) {
        figures.push({
          name: `timeline of ${assets.toLocaleString('en')}: ${name}, p${share * 100}`,
          unit: 'ms',
          values: [percentile(times, share)],
          aim: share === 0.5 ? { atMost: aimMs[name] ?? 20 } : undefined,
        });
      }
    }
  } finally {
    stop.abort();
    figures.push({ name: 'photos added meanwhile', unit: 'a second', values: [await writing] });
  }
  return [...figures, ...(await measureCounting(db, ownerId))];
}

async function fill(db: Db, ownerId: string, assets: number): Promise<void> {
  await sql`alter table asset disable trigger user`.execute(db);
  for (let part = 0; part < 10; part += 1)
    await sql`insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "city", "country")
    select gen_random_uuid(), ${ownerId}, case when n % 20 = 0 then 'VIDEO' else 'IMAGE' end, sha224(n::text::bytea), 'upload/' || n, 'IMG_' || n || '.jpg', 3500000, at, at, at, 4032, 3024, substring(sha256(n::text::bytea) for 25), 'Burbank', 'United States'
    from (select n, timestamptz '2004-01-15' + (n / 4000) * interval '1 month' + (n % 4000) * interval '4 minutes' as at from generate_series(${part}::int, ${assets - 1}::int, 10) n) rows`.execute(
      db,
    );
  await sql`insert into asset_exif ("assetId", "city", "country") select "id", 'Burbank', 'United States' from asset`.execute(
    db,
  );
  await sql`insert into asset_month_count ("ownerId", "visibility", "isTrashed", "isFavorite", "month", "type", "count")
    select "ownerId", "visibility", false, "isFavorite", asset_month("localDateTime"), "type", count(*) from asset group by 1, 2, 3, 4, 5, 6`.execute(
    db,
  );
  await sql`alter table asset enable trigger user`.execute(db);
  await sql`insert into album ("id", "albumName") select md5('album ' || n)::uuid, 'Album ' || n from generate_series(0, 499) n`.execute(
    db,
  );
  await sql`insert into album_user ("albumId", "userId", "role") select "id", ${ownerId}, 'owner' from album`.execute(
    db,
  );
  const albumOf = sql`(extract(epoch from "localDateTime") / 240)::bigint % 500`;
  for (let part = 0; part < 10; part += 1)
    await sql`insert into album_asset ("albumId", "assetId")
      select md5('album ' || ${albumOf})::uuid, "id" from asset where ${albumOf} % 10 = ${part}`.execute(db);
  await sql`vacuum analyze`.execute(db);
}

/** At most 20 a second, some times what an import brings on two cores. */
async function addPhotosUntil(db: Db, ownerId: string, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  let added = 0;
  for (; !signal.aborted; added += 1) {
    await addAsset(db, ownerId, { localDateTime: new Date() });
    await setTimeout(Math.max(0, started + (added + 1) * 50 - performance.now()));
  }
  return added / ((performance.now() - started) / 1000);
}

/** Insert rates in turns, with the triggers that keep the counts and without. */
async function measureCounting(db: Db, ownerId: string): Promise<Figure[]> {
  const rate = async () => {
    const started = performance.now();
    for (let n = 0; n < 300; n += 1) await addAsset(db, ownerId);
    return 300 / ((performance.now() - started) / 1000);
  };
  const ratios: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const kept = await rate();
    await sql`alter table asset disable trigger user`.execute(db);
    const bare = await rate();
    await sql`alter table asset enable trigger user`.execute(db);
    ratios.push(bare / kept);
  }
  return [{ name: "time of an asset's transaction with kept counts to without", unit: '', values: ratios }];
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { assets: { type: 'string', default: '1000000' }, requests: { type: 'string', default: '200' } },
  });
  const figures = await measureTimeline({ assets: Number(values.assets), requests: Number(values.requests) });
  for (const figure of figures) console.log(formatFigure(figure));
}
