import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { redriveStage } from '#shared/stages/stage-queue.ts';

export interface AssetOfKey {
  key: string;
  assetId: string;
  ownerId: string;
  libraryId: string | null;
}

/** The assets whose originals lie under one of these keys of a store. */
export async function listAssetsOfKeys(db: Db, store: string, keys: readonly string[]): Promise<AssetOfKey[]> {
  const { rows } = await sql<AssetOfKey>`
    select o."key", a."id" as "assetId", a."ownerId", a."libraryId"
    from stored_object o join asset a on a."id" = o."assetId"
    where o."store" = ${store} and o."key" = any(${[...keys]}::text[]) and o."state" = 'asset'`.execute(db);
  return rows;
}

/** Records where the sidecar of an asset is, or that there is none, and has its metadata read again. */
export async function setSidecar(db: Db, assetId: string, path: string | undefined): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (path === undefined) {
      await tx.deleteFrom('asset_file').where('assetId', '=', assetId).where('type', '=', 'sidecar').execute();
    } else {
      await tx
        .insertInto('asset_file')
        .values({ assetId, type: 'sidecar', path })
        .onConflict((conflict) =>
          conflict.columns(['assetId', 'type', 'isEdited']).doUpdateSet({ path, updatedAt: sql`now()` }),
        )
        .execute();
    }
    await redriveStage(tx, { assetId, stage: 'metadata' });
  });
}
