import { basename } from 'node:path';
import { markOffline } from '#shared/db/queries/offline-asset.ts';
import { deleteStoredObject } from '#shared/db/queries/stored-object.ts';
import { withLock } from '#shared/db/transaction.ts';
import { findFormat } from '#shared/media/formats.ts';
import { lookAt, scopeOf, type Ports } from './look-at.ts';
import { moveToDuplicate } from './move-to-duplicate.ts';
import { refreshSidecar } from './sidecar.ts';

export type Missed = 'offline' | 'moved' | 'forgotten' | 'still-there' | 'unknown';

/**
 * A watcher no longer sees a file: looked at again, and if it is gone, or lies outside of what is shown, its asset is
 * offline, or has its original in a file with the same bytes. No asset is ever deleted here. What is still there is to
 * be taken in like a file that was just seen.
 * @throws store/unavailable
 */
export async function missObject(ports: Ports, { key }: { key: string }): Promise<Missed> {
  const first = await lookAt(ports, key);
  if (first.ownership.state === 'foreign') return 'unknown';
  return withLock(ports.db, scopeOf(first), async (tx) => settleMissing({ ...ports, db: tx }, key));
}

async function settleMissing(ports: Ports, key: string): Promise<Missed> {
  const { db } = ports;
  const { id, ownership, found, known, current } = await lookAt(ports, key);
  const isThere = found !== undefined;
  if (!isThere && findFormat(basename(key))?.kind === 'sidecar') await refreshSidecar(ports, key);
  if (known === undefined) return isThere ? 'still-there' : 'unknown';
  if (known.state !== 'asset') {
    if (isThere) return 'still-there';
    if (known.reason !== 'deleted by its owner') await deleteStoredObject(db, id);
    return 'forgotten';
  }
  if (current === undefined || current.status === 'deleted') return isThere ? 'still-there' : 'unknown';
  const isShown = ownership.state === 'owned' && ownership.libraryId === current.libraryId;
  if (isThere && isShown) return 'still-there';
  if (await moveToDuplicate(ports, current)) return 'moved';
  await markOffline(db, current.id);
  return 'offline';
}
