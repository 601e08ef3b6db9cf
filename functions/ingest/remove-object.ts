import { basename } from 'node:path';
import { deleteStoredObject } from '#shared/assets/stored-object.ts';
import { findFormat } from '#shared/media/formats.ts';
import { decide, type DecisionPorts, type DecidePorts } from './decide.ts';
import { relocateOrMarkOffline } from './relocate-asset.ts';
import type { ObjectState } from './read-object-state.ts';
import { findOwnership } from './ownership.ts';
import { refreshSidecar } from './sidecar.ts';
import { Sightings } from './sightings.ts';

export type Removed = 'offline' | 'moved' | 'forgotten' | 'still-there' | 'unknown';

/**
 * Looks again at a file that a watcher no longer sees: if it is gone, its asset goes offline, or another file with the
 * same bytes becomes its original. No asset is ever deleted here. `still-there`: the file is there, or came back
 * meanwhile; the caller ingests it like one that was just seen.
 * @throws resource/conflict, store/unavailable
 */
export async function removeObject(ports: DecidePorts, { key }: { key: string }): Promise<Removed> {
  if ((await findOwnership(ports, key)).state === 'foreign') return 'unknown';
  const seen = new Sightings(ports);
  await seen.look([key]);
  const missed = await decide(ports, seen, key, settleRemoved);
  if (missed === 'still-there' || (await ports.store.find(key)) === undefined) return missed;
  return 'still-there';
}

async function settleRemoved(ports: DecisionPorts, { id, known, current, former }: ObjectState): Promise<Removed> {
  if (ports.seen.find(id.key) !== undefined) return 'still-there';
  if (findFormat(basename(id.key))?.kind === 'sidecar') await refreshSidecar(ports, id.key, { isNew: true });
  if (known === undefined) return 'unknown';
  if (known.state !== 'asset') {
    if (known.code !== 'deleted-by-owner') await deleteStoredObject(ports.db, id);
    return 'forgotten';
  }
  const asset = current ?? former;
  const left = asset === undefined ? 'deleted' : await relocateOrMarkOffline(ports, asset);
  return left === 'deleted' ? 'unknown' : left;
}
