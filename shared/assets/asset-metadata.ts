import { sql, type Selectable } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { AssetMetadataTable } from '#shared/db/tables.ts';

/** What a client keeps with an asset under a key of its own. */
export type AssetMetadata = Selectable<AssetMetadataTable>;

export interface MetadataKey {
  assetId: string;
  key: string;
}

export async function listAssetMetadata(db: Db, assetId: string): Promise<AssetMetadata[]> {
  return db
    .selectFrom('asset_metadata')
    .selectAll()
    .where('assetId', '=', assetId)
    .orderBy(sql`"key" collate "C"`)
    .execute();
}

export async function findAssetMetadata(db: Db, { assetId, key }: MetadataKey): Promise<AssetMetadata | undefined> {
  return db
    .selectFrom('asset_metadata')
    .selectAll()
    .where('assetId', '=', assetId)
    .where('key', '=', key)
    .executeTakeFirst();
}

/**
 * Writes values, replacing those under the same keys; of a key given twice the last counts. Returns the rows in order.
 */
export async function putAssetMetadata(
  db: Db,
  items: readonly (MetadataKey & { value: unknown })[],
): Promise<AssetMetadata[]> {
  if (items.length === 0) return [];
  const { rows } = await sql<AssetMetadata>`
    with given as (
      select distinct on ("assetId", "key") * from jsonb_to_recordset(${JSON.stringify(
        items.map((item, position) => ({ ...item, position })),
      )}::jsonb) as given ("assetId" uuid, "key" text, "value" jsonb, "position" integer)
      order by "assetId", "key", "position" desc
    ), written as (
      insert into asset_metadata ("assetId", "key", "value") select "assetId", "key", "value" from given
      on conflict ("assetId", "key") do update set "value" = excluded."value", "updatedAt" = now()
      returning *
    )
    select written.* from written join given using ("assetId", "key") order by given."position"`.execute(db);
  return rows;
}

/** Does nothing if there is none. */
export async function deleteAssetMetadata(db: Db, items: readonly MetadataKey[]): Promise<void> {
  if (items.length === 0) return;
  await sql`
    delete from asset_metadata using jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as given ("assetId" uuid, "key" text)
    where asset_metadata."assetId" = given."assetId" and asset_metadata."key" = given."key"`.execute(db);
}
