import { basename } from 'node:path';
import type { Db } from '#shared/db/db.ts';
import { listKnownOriginals, listKnownRenderings, listUnknownKeys } from '#shared/store-records/object-audit.ts';
import { markOffline, markOnline } from '#shared/assets/offline-asset.ts';
import { redriveStage } from '#shared/stages/stage-queue.ts';
import { findFormat } from '#shared/media/formats.ts';
import { isMassLoss } from '#shared/store/mass-loss.ts';
import type { Store, ObjectInfo } from '#shared/store/store.ts';
import { adoptUpload } from './adopt-upload.ts';

export interface VerifyStorePorts {
  db: Db;
  store: Pick<Store, 'kind' | 'find' | 'list' | 'read'>;
}

export interface VerifyOptions {
  /** Fixes differences: unknown originals become assets, missing derivatives are made again, assets without or with a returned original become offline or online. */
  repair: boolean;
  /** The database is older than the files, as after a restore: its reservations are not uploads under way any more. */
  isRestored?: boolean;
  /** A person has confirmed that the missing originals are gone, however many. */
  isLossApproved?: boolean;
  onFinding?: (finding: Finding) => void;
  signal: AbortSignal;
}

export interface Finding {
  what: 'original-missing' | 'original-back' | 'original-unknown' | 'original-adopted' | 'rendering-missing';
  key: string;
  assetId?: string;
}

export interface Verified {
  originals: number;
  originalsMissing: number;
  /** Originals in the store whose asset is offline. */
  originalsBack: number;
  /** So many originals are missing that no asset was made offline: a fault of the store is more likely. */
  isLossDoubted: boolean;
  /** Uploads without a row in the database, except adopted ones. */
  originalsUnknown: number;
  originalsAdopted: number;
  renderings: number;
  renderingsMissing: number;
}

const page = 1000;
const concurrency = 8;

/**
 * Compares the database with the store and reports every difference. Deletes nothing. Files outside of the store are
 * checked by their watchers.
 */
export async function verifyStore(ports: VerifyStorePorts, options: VerifyOptions): Promise<Verified> {
  const uploads = await verifyUploads(ports, options);
  const originals = await verifyOriginals(ports, options);
  return { ...uploads, ...originals, ...(await verifyRenderings(ports, options)) };
}

/** Checks for uploads in the store that have no row. */
async function verifyUploads(ports: VerifyStorePorts, options: VerifyOptions) {
  const result = { originalsUnknown: 0, originalsAdopted: 0 };
  for await (const object of listUnknownUploads(ports, options)) {
    const adoption = options.repair ? await adoptUpload(ports, object, { signal: options.signal }) : undefined;
    if (adoption?.outcome === 'adopted') {
      result.originalsAdopted += 1;
      options.onFinding?.({ what: 'original-adopted', key: object.key, assetId: adoption.assetId });
    } else {
      result.originalsUnknown += 1;
      options.onFinding?.({ what: 'original-unknown', key: object.key });
    }
  }
  return result;
}

async function verifyOriginals({ db, store }: VerifyStorePorts, options: VerifyOptions) {
  const { repair, isLossApproved = false, signal, onFinding } = options;
  const result = { originals: 0, originalsMissing: 0, originalsBack: 0, isLossDoubted: false };
  const lost: string[] = [];
  for (let after = ''; ;) {
    const known = await listKnownOriginals(db, { store: store.kind, after, limit: page });
    const missing = new Set(await listMissing(store, known, (it) => it.key, signal));
    for (const original of known) {
      const { key, assetId, isOffline } = original;
      if (missing.has(original)) {
        result.originalsMissing += 1;
        onFinding?.({ what: 'original-missing', key, assetId });
        if (!isOffline) lost.push(assetId);
      } else if (isOffline) {
        result.originalsBack += 1;
        onFinding?.({ what: 'original-back', key, assetId });
        if (repair) await markOnline(db, assetId);
      }
    }
    result.originals += known.length;
    const last = known.at(-1);
    if (last === undefined) break;
    after = last.key;
  }
  result.isLossDoubted = !isLossApproved && isMassLoss(lost.length, result.originals);
  if (repair && !result.isLossDoubted) for (const assetId of lost) await markOffline(db, assetId);
  return result;
}

async function verifyRenderings({ db, store }: VerifyStorePorts, { repair, signal, onFinding }: VerifyOptions) {
  const result = { renderings: 0, renderingsMissing: 0 };
  for (let after = { assetId: '00000000-0000-0000-0000-000000000000', path: '' }; ;) {
    const known = await listKnownRenderings(db, after, page);
    for (const { path, assetId } of await listMissing(store, known, (it) => it.path, signal)) {
      result.renderingsMissing += 1;
      onFinding?.({ what: 'rendering-missing', key: path, assetId });
      if (repair) await redriveStage(db, { assetId, stage: 'thumbnail' });
    }
    result.renderings += known.length;
    const last = known.at(-1);
    if (last === undefined) return result;
    after = last;
  }
}

async function listMissing<T>(
  store: VerifyStorePorts['store'],
  items: readonly T[],
  keyOf: (item: T) => string,
  signal: AbortSignal,
) {
  const missing: T[] = [];
  for (let start = 0; start < items.length; start += concurrency) {
    signal.throwIfAborted();
    const some = items.slice(start, start + concurrency);
    const found = await Promise.all(some.map((item) => store.find(keyOf(item))));
    missing.push(...some.filter((_, n) => found[n] === undefined));
  }
  return missing;
}

async function* listUnknownUploads(
  { db, store }: VerifyStorePorts,
  { isRestored = false, signal }: VerifyOptions,
): AsyncGenerator<ObjectInfo> {
  let listed: ObjectInfo[] = [];
  const unknownOf = async (objects: readonly ObjectInfo[]) => {
    signal.throwIfAborted();
    const originals = objects.filter(({ key }) => findFormat(basename(key))?.kind !== 'sidecar');
    const keys = originals.map((it) => it.key);
    const unknown = new Set(await listUnknownKeys(db, { store: store.kind, keys, isRestored }));
    return originals.filter(({ key }) => unknown.has(key));
  };
  for await (const object of store.list('upload/')) {
    listed.push(object);
    if (listed.length < page) continue;
    yield* await unknownOf(listed);
    listed = [];
  }
  yield* await unknownOf(listed);
}
