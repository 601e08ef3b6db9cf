// Telling people apart among a million faces on PostgreSQL: how long a photo takes, and how long its owner is locked.
//   node test/bench/people.ts [--faces 1000000] [--photos 100]
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { Client } from 'pg';
import { findPeople, type CrowdedOwners } from '#functions/people/people.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { formatFigure, percentile, type Figure } from './figures.ts';

export interface PeopleOptions {
  faces: number;
  photos: number;
}

const likeness = { name: 'bench', distanceMax: 0.5, facesMin: 3 };
/** Faces of a person who is seen on so many photos. */
const facesOfPerson = 500;

export async function measurePeople({ faces, photos }: PeopleOptions): Promise<Figure[]> {
  await using postgres = await startPostgres();
  const { url } = await postgres.createDatabase();
  await using opened = connectPostgres({ url, poolSize: 4 });
  const { db } = opened;
  await migrateToLatest(db);
  const [ownerId, otherId] = [await addUser(db), await addUser(db)];
  await fill(url, { ownerId, otherId, faces });
  const crowded: CrowdedOwners = new Set();
  const figures: Figure[] = [];
  for (const [whose, owner] of [
    [`one of ${faces.toLocaleString('en')} faces`, ownerId],
    ['of an owner of 1,000 faces beside them', otherId],
  ] as const) {
    const [whole, locked]: [number[], number[]] = [[], []];
    for (let n = 0; n < photos; n += 1) {
      const times = await groupOne(db, owner, n, crowded);
      if (n < 10) continue;
      whole.push(times.wholeMs);
      locked.push(times.lockedMs);
    }
    for (const share of [0.5, 0.95]) {
      const figure = (name: string, times: number[], aim?: number): Figure => ({
        name: `people of a photo, ${whose}: ${name}, p${share * 100}`,
        unit: 'ms',
        values: [percentile(times, share)],
        ...(aim !== undefined && share === 0.5 && { aim: { atMost: aim } }),
      });
      figures.push(figure('all of it', whole, 50), figure('its owner is locked', locked));
    }
  }
  return figures;
}

async function groupOne(
  db: Db,
  ownerId: string,
  n: number,
  crowded: CrowdedOwners,
): Promise<{ wholeMs: number; lockedMs: number }> {
  const { id } = await addAsset(db, ownerId);
  const faceId = await addFace(db, id, {});
  await sql`delete from face_search where "faceId" = ${faceId}`.execute(db);
  await sql`insert into face_search ("faceId", "ownerId", "modelSet", "embedding")
    select ${faceId}, ${ownerId}, 'bench', l2_normalize(b.v + n1.v + n2.v)
    from base b, noise n1, noise n2 where b.n = (${n * 7} % (select count(*) from base)) and n1.n = ${n % 5000} and n2.n = ${(n * 31 + 1) % 5000}`.execute(
    db,
  );
  const asset = await db.selectFrom('asset').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const started = performance.now();
  const found = await findPeople(db, asset, likeness, crowded);
  let lockedAtMs = 0;
  await inTransaction(db, async (tx) => {
    await found.lock?.(tx);
    lockedAtMs = performance.now();
    await found.write?.(tx);
  });
  const endedMs = performance.now();
  return { wholeMs: endedMs - started, lockedMs: endedMs - lockedAtMs };
}

/** People of 500 faces each, made of one direction each and two of 5,000 small noises; and another owner of 1,000 faces. */
async function fill(url: string, { ownerId, otherId, faces }: { ownerId: string; otherId: string; faces: number }) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const randomVector = (scale: number) =>
    `(select array_agg((random() - 0.5) * ${scale}) from generate_series(1, 512) where n >= 0)::real[]::halfvec(512)`;
  const statements = [
    `set maintenance_work_mem = '4GB'`,
    `set max_parallel_maintenance_workers = 2`,
    'drop index face_search_embedding',
    `alter table asset disable trigger user`,
    `alter table asset_face disable trigger user`,
    `create table base as select n, ${randomVector(1)} as v from generate_series(0, ${Math.ceil(faces / facesOfPerson)}) n`,
    `create table noise as select n, ${randomVector(0.7)} as v from generate_series(0, 4999) n`,
    'alter table base add primary key (n)',
    'alter table noise add primary key (n)',
    `create table made as
      select n, md5('asset ' || n)::uuid as asset, md5('face ' || n)::uuid as face,
        case when n < ${faces} then '${ownerId}'::uuid else '${otherId}'::uuid end as owner from generate_series(0, ${faces + 999}) n`,
    `insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime")
      select asset, owner, 'IMAGE', sha224(n::text::bytea), 'upload/' || n, 'a.jpg', 1, now(), now(), now() from made`,
    `insert into person ("id", "ownerId") select distinct md5('person ' || n % ${faces} / ${facesOfPerson} || owner)::uuid, owner from made`,
    `insert into asset_face ("id", "assetId", "personId", "modelSet", "imageWidth", "imageHeight", "boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2", "score")
      select face, asset, md5('person ' || n % ${faces} / ${facesOfPerson} || owner)::uuid, 'bench', 1000, 1000, 0, 0, 100, 100, 0.9 from made`,
    // As people have it: one without a portrait would choose it among all their faces with the next photo.
    `alter table person disable trigger user`,
    `update person p set "faceAssetId" = f."id", "thumbnailPath" = 'thumbs/portrait.jpeg'
      from (select distinct on ("personId") "personId", "id" from asset_face order by "personId", "id") f where f."personId" = p."id"`,
    `alter table person enable trigger user`,
    `insert into face_search ("faceId", "ownerId", "modelSet", "embedding")
      select face, owner, 'bench', l2_normalize(b.v + n1.v + n2.v) from made
      join base b on b.n = made.n % ${faces} / ${facesOfPerson} join noise n1 on n1.n = made.n % 5000 join noise n2 on n2.n = (made.n / 7) % 5000`,
    `alter table asset enable trigger user`,
    `alter table asset_face enable trigger user`,
    'create index face_search_embedding on face_search using hnsw ("embedding" halfvec_cosine_ops)',
    'vacuum analyze',
  ];
  for (const statement of statements) {
    const started = performance.now();
    await client.query(statement);
    const seconds = (performance.now() - started) / 1000;
    if (seconds > 5) console.log(`${Math.round(seconds)} s: ${statement.slice(0, 60)}`);
  }
  await client.end();
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { faces: { type: 'string', default: '1000000' }, photos: { type: 'string', default: '100' } },
  });
  const figures = await measurePeople({ faces: Number(values.faces), photos: Number(values.photos) });
  for (const figure of figures) console.log(formatFigure(figure));
}
