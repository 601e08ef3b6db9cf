import type { Db } from '#shared/db/db.ts';
import {
  findVerifications,
  listOriginalsToVerify,
  saveVerifications,
  type OriginalToVerify,
  type Verification,
  type VerificationFinding,
} from '#shared/store-records/store-verification.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';
import { countVerified } from '#shared/metrics/instruments.ts';
import { hashObject } from '#shared/store/hash-object.ts';
import type { Store } from '#shared/store/store.ts';

export interface VerifySlicePorts {
  db: Db;
  store: Pick<Store, 'kind' | 'find' | 'read'>;
  log: Log;
}

export interface SliceOptions {
  /** When the walk stops until the next night, by `performance.now()`. */
  endsAtMs: number;
  signal: AbortSignal;
  /** The maximum number of bytes to read for hashing. */
  hashBytesMax?: number;
  /** One of so many originals is hashed. */
  hashOneIn?: number;
}

const page = 200;
const concurrency = 8;
const findingsMax = 100;
const usualHashBytes = 2 ** 30;
const usualHashOneIn = 64;

/**
 * Continues a walk through the originals in the database: checks that each is in the store with its size, and for some of
 * them that the bytes match the checksum. Changes no asset: a person decides with `darkroom admin verify`. The walk starts
 * again after its end.
 */
export async function verifySlice(ports: VerifySlicePorts, options: SliceOptions): Promise<void> {
  const { db, store } = ports;
  const { last, current = begin() } = await findVerifications(db);
  const budget = { bytesLeft: options.hashBytesMax ?? usualHashBytes, oneIn: options.hashOneIn ?? usualHashOneIn };
  try {
    // At least one page, so that the walk ends even if the nights are too short.
    do {
      const known = await listOriginalsToVerify(db, { store: store.kind, after: current.cursor, limit: page });
      await verifyPage(ports, known, current, budget, options.signal);
      if (known.length === page) continue;
      await saveVerifications(db, { last: { ...current, finishedAt: new Date().toISOString() } });
      return;
    } while (!options.signal.aborted && performance.now() < options.endsAtMs);
  } catch (error) {
    options.signal.throwIfAborted();
    // An unreachable store does not mean missing originals; the next night continues here.
    if (!isDarkroomError(error, 'store/unavailable')) throw error;
  }
  await saveVerifications(db, { current, ...(last === undefined ? {} : { last }) });
}

function begin(): Verification {
  const startedAt = new Date().toISOString();
  return { cursor: '', startedAt, finishedAt: null, originals: 0, hashed: 0, missing: 0, damaged: 0, findings: [] };
}

async function verifyPage(
  ports: VerifySlicePorts,
  known: readonly OriginalToVerify[],
  walk: Verification,
  budget: { bytesLeft: number; oneIn: number },
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < known.length; start += concurrency) {
    signal.throwIfAborted();
    const some = known.slice(start, start + concurrency);
    const found = await Promise.all(some.map(async (it) => await ports.store.find(it.key)));
    for (const [n, original] of some.entries()) {
      const sizeBytes = found[n]?.sizeBytes;
      walk.originals += 1;
      countVerified(1, { kind: 'looked-at' });
      if (sizeBytes === original.sizeBytes) {
        if (await isOfItsChecksum(ports, original, walk, budget, signal)) continue;
        await note(ports, walk, { what: 'damaged', key: original.key, assetId: original.assetId });
      } else {
        const what = sizeBytes === undefined ? 'missing' : 'damaged';
        await note(ports, walk, { what, key: original.key, assetId: original.assetId });
      }
    }
    walk.cursor = some.at(-1)?.key ?? walk.cursor;
  }
}

/** Also true for originals that are not selected for hashing. */
async function isOfItsChecksum(
  { store }: VerifySlicePorts,
  { key, sizeBytes, checksum }: OriginalToVerify,
  walk: Verification,
  budget: { bytesLeft: number; oneIn: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (sizeBytes > budget.bytesLeft || Math.random() * budget.oneIn >= 1) return true;
  budget.bytesLeft -= sizeBytes;
  walk.hashed += 1;
  countVerified(1, { kind: 'hashed' });
  try {
    return (await hashObject(store, key, signal)).equals(checksum);
  } catch (error) {
    // Removed between the check and the read: the check of its row decides.
    if (isDarkroomError(error, 'store/not-found')) return false;
    throw error;
  }
}

async function note(
  { db, store, log }: VerifySlicePorts,
  walk: Verification,
  finding: VerificationFinding,
): Promise<void> {
  // Ignores an asset that was deleted or got another original meanwhile.
  const row = await findStoredObject(db, { store: store.kind, key: finding.key });
  if (row?.state !== 'asset' || row.assetId !== finding.assetId) return;
  walk[finding.what] += 1;
  countVerified(1, { kind: finding.what });
  if (walk.findings.length < findingsMax) walk.findings.push(finding);
  log.error(finding, `an original is ${finding.what} in the store: darkroom admin store status`);
}
