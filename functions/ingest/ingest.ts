import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { createAsset } from '#shared/db/queries/create-asset.ts';
import type { Db } from '#shared/db/db.ts';
import { findStoredObject, recordObject } from '#shared/db/queries/stored-object.ts';
import { findOwnerOfFolder } from '#shared/db/queries/user.ts';
import type { StoredObject } from '#shared/db/tables.ts';
import type { EventData } from '#shared/events/catalogue.ts';
import { newId } from '#shared/ids/ids.ts';
import { findFormat } from '#shared/media/formats.ts';
import type { Store } from '#shared/store/store.ts';

export interface Ports {
  db: Db;
  store: Pick<Store, 'kind' | 'read' | 'find'>;
}

export type Ingested =
  | { outcome: 'asset'; assetId: string; ownerId: string; assetType: string }
  | { outcome: 'duplicate' | 'unowned' | 'refused' | 'vanished' | 'known' };

type ObjectCreated = EventData<'photos.darkroom.object.created.v1'>;

/** Turns a file that a watcher saw into an asset row, and writes down what became of its key whatever that is. */
export async function ingestObject(
  { db, store }: Ports,
  { key, version }: ObjectCreated,
  signal: AbortSignal,
): Promise<Ingested> {
  const id = { store: store.kind, key };
  const known = await findStoredObject(db, id);
  if (known?.version === version && known.state !== 'unowned') return { outcome: 'known' };
  const found = await store.find(key);
  if (found === undefined) return { outcome: 'vanished' };
  const settle = (state: StoredObject['state'], more: { reason?: string; assetId?: string; ownerId?: string } = {}) =>
    recordObject(db, id, {
      state,
      version,
      sizeBytes: found.sizeBytes,
      assetId: more.assetId ?? null,
      ownerId: more.ownerId ?? null,
      reason: more.reason ?? null,
    });

  const [root, folder] = key.split('/');
  const format = findFormat(basename(key));
  if (
    root !== 'library' ||
    folder === undefined ||
    format === undefined ||
    format.kind === 'sidecar' ||
    found.sizeBytes === 0
  ) {
    await settle('refused', { reason: root === 'library' ? 'not a photo or video' : 'outside of library/' });
    return { outcome: 'refused' };
  }
  const owner = await findOwnerOfFolder(db, folder);
  if (owner === undefined) {
    await settle('unowned', { reason: `no user has the storage label ${folder}` });
    return { outcome: 'unowned' };
  }
  const assetId = newId();
  const assetType = format.kind === 'video' ? 'VIDEO' : 'IMAGE';
  const created = await createAsset(db, {
    store: store.kind,
    origin: { kind: 'found', version },
    asset: {
      id: assetId, ownerId: owner.id, type: assetType,
      checksum: await hashObject(store, key, signal),
      originalPath: key, originalFileName: basename(key), fileSizeInByte: found.sizeBytes,
      fileCreatedAt: found.modifiedAt, fileModifiedAt: found.modifiedAt, localDateTime: found.modifiedAt,
      width: null, height: null, thumbhash: null, duration: null, livePhotoVideoId: null, stackId: null, duplicateId: null, deletedAt: null,
    },
  }); // prettier-ignore
  switch (created.outcome) {
    case 'created':
      return { outcome: 'asset', assetId, ownerId: owner.id, assetType };
    case 'duplicate':
      await settle('duplicate', { assetId: created.assetId, ownerId: owner.id });
      return { outcome: 'duplicate' };
    case 'quota-exceeded':
      await settle('refused', { ownerId: owner.id, reason: 'quota exceeded' });
      return { outcome: 'refused' };
    case 'lost':
      return { outcome: 'vanished' };
  }
}

async function hashObject(store: Pick<Store, 'read'>, key: string, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha1');
  for await (const chunk of await store.read(key)) {
    signal.throwIfAborted();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest();
}

/** A watcher no longer sees a file: looked at again, and then its asset is offline. Nothing is ever deleted here. */
export async function missObject(
  { db, store }: Ports,
  { key }: { key: string },
): Promise<'offline' | 'still-there' | 'unknown'> {
  const known = await findStoredObject(db, { store: store.kind, key });
  if (known?.state !== 'asset' || known.assetId === null) return 'unknown';
  if ((await store.find(key)) !== undefined) return 'still-there';
  await db
    .updateTable('asset')
    .set({ isOffline: true, updatedAt: new Date() })
    .where('id', '=', known.assetId)
    .execute();
  return 'offline';
}
