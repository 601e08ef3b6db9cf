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
 * Deletes what was in the trash for its time, the oldest first, until there is none or the time is up. What cannot be
 * deleted holds nothing else up. Returns how many assets were deleted.
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

/** All that can be: of a batch that fails each half is tried. */
async function deleteAll(ports: EmptyTrashPorts, ids: readonly string[]): Promise<number> {
  try {
    return (await deleteAssets(ports.db, ids, 'trashed')).length;
  } catch (error) {
    if (ids.length < 2) {
      ports.log.warn({ err: toDarkroomError(error), assetId: ids[0] }, 'an asset in the trash was not deleted');
      return 0;
    }
    const half = Math.ceil(ids.length / 2);
    return (await deleteAll(ports, ids.slice(0, half))) + (await deleteAll(ports, ids.slice(half)));
  }
}
