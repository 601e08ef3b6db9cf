import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findFaces } from '#functions/faces/faces.ts';
import { findPeople } from '#functions/people/people.ts';
import { parseConfig } from '#shared/config/config.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { moveFaces } from '#shared/people/place-face.ts';
import { newId } from '#shared/ids/ids.ts';
import { silentLog } from '#shared/log/log.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';

const rounds = 10;
const assetCount = 6;

describeWithService('postgres', 'locks are taken in one order', () => {
  test('by edits of faces and by the stages that find them', async () => {
    await using opened = connectPostgres({ url: (await (await sharedPostgres()).createDatabase()).url, poolSize: 8 });
    const { db } = opened;
    await migrateToLatest(db);
    const ownerId = await addUser(db);
    const assets = await Promise.all(Array.from({ length: assetCount }, () => addAsset(db, ownerId)));
    const ids = assets.map(({ id }) => id);
    for (const assetId of ids) await addPreview(db, assetId);
    const faces = await Promise.all(ids.map((assetId) => addFace(db, assetId)));
    const people = [await addPerson(db, ownerId), await addPerson(db, ownerId)];

    for (let round = 0; round < rounds; round += 1) {
      await openStages(db, ids);
      const placed = faces.map((face, n) => {
        const id = people[(n + round) % people.length] ?? '';
        return moveFaces(db, [face], { id, ownerId });
      });
      const found = ids.flatMap((assetId) => [findAgain(db, assetId), tellApart(db, assetId)]);
      await Promise.all([...placed, ...found]);
    }
    expect(await countDeadlocks(db)).toBe(0);
  });
});

const portsOf = (db: Db) => ({ db, holder: newId(), log: silentLog, config: parseConfig({}) });
const { signal } = new AbortController();

const tellApart = (db: Db, assetId: string) =>
  runStage(portsOf(db), { stage: 'people', recipe: newId(), assetId }, signal, (asset) =>
    findPeople(db, asset, { name: 'test', distanceMax: 0.5, facesMin: 3 }),
  );

const findAgain = (db: Db, assetId: string) =>
  runStage(portsOf(db), { stage: 'faces', recipe: newId(), assetId }, signal, (asset) =>
    findFaces(
      {
        db,
        store: { toLocalFile: async () => ({ path: '', [Symbol.asyncDispose]: async () => {} }) },
        decodeRgb: async () => ({ width: 1000, height: 1000, data: new Uint8Array() }),
        detectAndEmbed: async () => [oneFace],
        modelSet: 'test',
      },
      asset,
      signal,
      { isSuspect: false },
    ),
  );

const point = { x: 50, y: 50 };
const landmarks = [point, point, point, point, point] as const;
const oneFace = { x1: 0, y1: 10, x2: 100, y2: 110, score: 0.9, landmarks, embedding: unitVector() };

function unitVector(): Float32Array {
  const vector = new Float32Array(512);
  vector[0] = 1;
  return vector;
}

async function openStages(db: Db, ids: readonly string[]): Promise<void> {
  await sql`
    insert into asset_stage ("assetId", "stage", "state")
    select "assetId", "stage", 'pending' from unnest(${[...ids]}::uuid[]) "assetId", unnest(array['faces', 'people']) "stage"
    on conflict ("assetId", "stage") do update set "state" = 'pending', "recipe" = null, "attempts" = 0`.execute(db);
}

async function addPreview(db: Db, assetId: string): Promise<void> {
  await db
    .insertInto('asset_file')
    .values({ assetId, type: 'preview', path: `thumbs/${assetId}.jpg` })
    .execute();
}

async function addPerson(db: Db, ownerId: string): Promise<string> {
  const id = newId();
  await sql`insert into person ("id", "ownerId") values (${id}, ${ownerId})`.execute(db);
  return id;
}

async function countDeadlocks(db: Db): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ n: number }>`
    select deadlocks::integer as "n" from pg_stat_database where datname = current_database()`.execute(db);
  return rows[0]?.n ?? 0;
}
