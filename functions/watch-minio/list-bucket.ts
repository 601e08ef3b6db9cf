import {
  beginListing,
  finishListing,
  type ListingScope,
  releaseListing,
  renewListing,
  takeListing,
} from '#shared/scans/bucket-listing.ts';
import { keepLease } from '#shared/db/lease.ts';
import type { BucketListing } from '#shared/db/tables.ts';
import { isDarkroomError, toDarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { countLostNotifications, countScanned } from '#shared/metrics/instruments.ts';
import { checkMissing, judgeMissing } from './check-missing.ts';
import { comparePages } from './compare-pages.ts';
import type { ListingPorts, ListingSlice } from './listing-slice.ts';

export interface ListingOptions {
  /** Continue a listing that is under way, and begin none. */
  onlyGoOn?: boolean;
  /** How long to list before the rest is left to the next slice. */
  sliceMs?: number;
  /** How old an object is before its missing notification counts as lost. */
  graceMs?: number;
}

/** The outcome of a slice; `held`: another process lists the bucket; `idle`: there was no listing to continue. */
export type Listed = { outcome: 'finished' | 'unfinished' | 'halted' | 'held' | 'idle' };

const leaseSeconds = 60;
/** Well below the 600 seconds that a request may take in a cluster without raised limits. */
export const defaultSliceMs = 4 * 60_000;
const defaultGraceMs = 5 * 60_000;

/**
 * Compares a bucket with its known objects, page by page from where the last slice ended, and reports changes without a
 * notification. Known objects that are not listed are looked at one by one at the end, and reported as removed if they
 * are gone; where so many are missing that the bucket is more likely to be at fault, the listing halts and reports
 * none.
 * @throws store/unavailable, db/unavailable; then the next slice continues where this one ended
 */
export async function listBucket(
  ports: ListingPorts,
  scope: ListingScope,
  signal: AbortSignal,
  { onlyGoOn = false, sliceMs = defaultSliceMs, graceMs = defaultGraceMs }: ListingOptions = {},
): Promise<Listed> {
  const { db, log } = ports;
  const lease = { bucket: scope.bucket, holder: `${ports.holder}:${newId().slice(0, 8)}`, leaseSeconds };
  const listing = await takeListing(db, lease);
  if (listing === undefined) return { outcome: 'held' };
  using _renewal = keepLease({
    seconds: leaseSeconds,
    renew: () => renewListing(db, lease),
    onError: (error) =>
      log.warn({ err: toDarkroomError(error), bucket: scope.bucket }, 'the lease of a listing was not renewed'),
  });
  try {
    if (listing.startedAt === null && onlyGoOn) return { outcome: 'idle' };
    const slice: ListingSlice = {
      scope,
      lease,
      signal,
      graceMs,
      isFirst: listing.finishedAt === null,
      isApproved: listing.isConfirmed,
      endsAtMs: performance.now() + sliceMs,
      objects: listing.startedAt === null ? 0 : listing.objects,
      reported: { created: 0, removed: 0, lost: 0 },
    };
    const result = await goOn(ports, slice, listing);
    countFound(scope.bucket, slice.reported);
    log[slice.reported.lost > 0 ? 'warn' : 'info'](
      { bucket: scope.bucket, ...result, objects: slice.objects, ...slice.reported },
      'bucket listed',
    );
    return result;
  } catch (error) {
    if (!isDarkroomError(error, 'resource/conflict')) throw error;
    log.warn({ bucket: scope.bucket }, 'the lease of the listing is lost: another process continues it');
    return { outcome: 'held' };
  } finally {
    // If the database is unavailable, the lease runs out.
    await releaseListing(db, lease.bucket, lease.holder).catch(() => {});
  }
}

function countFound(bucket: string, { created, removed, lost }: ListingSlice['reported']): void {
  countScanned(created, { kind: 'created' });
  countScanned(removed, { kind: 'removed' });
  countLostNotifications(lost, { bucket });
}

async function goOn(ports: ListingPorts, slice: ListingSlice, listing: BucketListing): Promise<Listed> {
  const { db, log } = ports;
  const { bucket, holder } = slice.lease;
  let { phase, cursor } = listing;
  if (listing.startedAt === null) {
    await beginListing(db, bucket, holder);
    [phase, cursor] = ['listing', null];
  }
  if (phase === 'listing') {
    if ((await comparePages(ports, slice, cursor)) === 'over') return { outcome: 'unfinished' };
    cursor = null;
  }
  if (cursor === null && !slice.isApproved) {
    const reason = await judgeMissing(ports, slice);
    if (reason !== undefined) {
      await finishListing(db, bucket, holder, reason);
      log.error({ bucket, reason }, 'listing halted: no object is reported as removed until an administrator approves');
      return { outcome: 'halted' };
    }
  }
  if ((await checkMissing(ports, slice, cursor)) === 'over') return { outcome: 'unfinished' };
  await finishListing(db, bucket, holder, null);
  return { outcome: 'finished' };
}
