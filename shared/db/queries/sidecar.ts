import { sql } from 'kysely';
import type { Db } from '../db.ts';
import { inTransaction } from '../transaction.ts';
import { redriveStage } from './stage-queue.ts';

/** The assets whose originals lie under one of these keys of a store. */
export async function listAssetsOfKeys(
  db: Db,
  store: string,
  keys: readonly string[],
): Promise<{ key: string; assetId: string }[]> {
  const rows = await db
    .selectFrom('stored_object')
    .select(['key', 'assetId'])
    .where('store', '=', store)
    .where('key', 'in', [...keys])
    .where('state', '=', 'asset')
    .execute();
  return rows.flatMap(({ key, assetId }) => (assetId === null ? [] : [{ key, assetId }]));
}

/** Says where the sidecar of an asset is, or that there is none, and has its metadata read again. */
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
