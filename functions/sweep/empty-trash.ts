import { deleteAssets, listExpiredTrash, type ExpiredTrash } from '#shared/assets/asset.ts';
import type { Db } from '#shared/db/db.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';

export interface EmptyTrashPorts {
  db: Db;
  log: Log;
}

const page = 20_000;
const batch = 500;

/**
 * Deletes assets whose retention time in the trash is over, oldest first, until none is left or the time is up. A failure
 * of one asset does not prevent others. Returns the number of deleted assets.
 */
export async function emptyExpiredTrash(
  ports: EmptyTrashPorts,
  { days, endsAtMs, signal }: { days: number; endsAtMs: number; signal: AbortSignal },
): Promise<number> {
  const isOver = () => signal.aborted || performance.now() > endsAtMs;
  let deleted = 0;
  for (let after: ExpiredTrash | undefined; ;) {
    const expired = await listExpiredTrash(ports.db, { days, after, limit: page });
    for (let start = 0; start < expired.length && !isOver(); start += batch)
      deleted += await deleteAll(
        ports,
        expired.slice(start, start + batch).map((it) => it.id),
      );
    after = expired.at(-1);
    if (expired.length < page || isOver()) return deleted;
  }
}

/** Deletes as many as possible: halves a batch that fails and tries each half. */
async function deleteAll(ports: EmptyTrashPorts, ids: readonly string[]): Promise<number> {
  try {
    return (await deleteAssets(ports.db, ids, 'trashed')).length;
  } catch (error) {
    if (ids.length < 2) {
      ports.log.warn({ err: toDarkroomError(error), assetId: ids[0] }, 'deleting a trashed asset failed');
      return 0;
    }
    const half = Math.ceil(ids.length / 2);
    return (await deleteAll(ports, ids.slice(0, half))) + (await deleteAll(ports, ids.slice(half)));
  }
}
