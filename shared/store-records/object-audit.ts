import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

export interface KnownOriginal {
  key: string;
  assetId: string;
  isOffline: boolean;
}

/** Originals that are in `store` according to the database, in ascending order of their keys' bytes, after `after`. */
export async function listKnownOriginals(
  db: Db,
  { store, after, limit }: { store: string; after: string; limit: number },
): Promise<KnownOriginal[]> {
  const { rows } = await sql<KnownOriginal>`
    select o."key", o."assetId", a."isOffline" from stored_object o join asset a on a."id" = o."assetId"
    where o."store" = ${store} and o."state" = 'asset' and a."status" <> 'deleted' and o."key" collate "C" > ${after} collate "C"
    order by o."key" collate "C" limit ${limit}`.execute(db);
  return rows;
}

/** Those of `keys` that have no row, or (`isRestored`) only that of a reservation. */
export async function listUnknownKeys(
  db: Db,
  { store, keys, isRestored }: { store: string; keys: readonly string[]; isRestored: boolean },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select k."key" from unnest(${keys}::text[]) k("key")
    where not exists (
      select from stored_object o where o."store" = ${store} and o."key" = k."key" and not (${isRestored} and o."state" = 'reserved')
    )`.execute(db);
  return rows.map((row) => row.key);
}

export interface KnownRendering {
  assetId: string;
  path: string;
}

/** Thumbnails and previews of assets that are not offline, in the order of asset and path, after `after`. */
export async function listKnownRenderings(db: Db, after: KnownRendering, limit: number): Promise<KnownRendering[]> {
  const { rows } = await sql<KnownRendering>`
    select f."assetId", f."path" from asset_file f join asset a on a."id" = f."assetId"
    where f."type" in ('thumbnail', 'preview') and a."status" <> 'deleted' and not a."isOffline"
      and (f."assetId", f."path" collate "C") > (${after.assetId}::uuid, ${after.path}::text collate "C")
    order by f."assetId", f."path" collate "C" limit ${limit}`.execute(db);
  return rows;
}
