import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { Stage, StageState } from '#shared/db/tables.ts';

/** Inserts many photos of an owner in one statement, only their rows, without stages. */
export async function addPhotos(db: Db, ownerId: string, count: number): Promise<void> {
  await sql`
    insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte",
      "fileCreatedAt", "fileModifiedAt", "localDateTime")
    select gen_random_uuid(), ${ownerId}, 'IMAGE', decode(lpad(to_hex(n), 40, '0'), 'hex'), 'upload/' || n || '.jpg', n || '.jpg', 1, now(), now(), now()
    from generate_series(1, ${count}::integer) n`.execute(db);
}

/** How many rows of a stage are in each state. */
export async function countStatesOf(db: Db, stage: Stage): Promise<Partial<Record<StageState, number>>> {
  const { rows } = await sql<{ state: StageState; count: number }>`
    select "state", count(*) as "count" from asset_stage where "stage" = ${stage} group by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}
