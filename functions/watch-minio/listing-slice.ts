import type { Db } from '#shared/db/db.ts';
import { advanceListing, listPublishedEvents, type ListingScope } from '#shared/scans/bucket-listing.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import type { Store } from '#shared/store/store.ts';
import { eventSources } from '#shared/events/event-sources.ts';

export interface ListingPorts {
  db: Db;
  store: Pick<Store, 'kind' | 'list' | 'find'>;
  relay: Pick<Relay, 'kick'>;
  log: Log;
  /** Names this process in leases. */
  holder: string;
}

/** The part of a listing that one request does. */
export interface ListingSlice {
  readonly scope: ListingScope;
  readonly lease: { bucket: string; holder: string; leaseSeconds: number };
  /** In the first listing of a bucket no notification counts as lost: objects may be older than the notifications. */
  readonly isFirst: boolean;
  /** An administrator has approved that the missing objects are really gone. */
  readonly isApproved: boolean;
  /** Of `performance.now()`. */
  readonly endsAtMs: number;
  /** How long a notification may take before it counts as lost. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Of the whole listing so far. */
  objects: number;
  /** Reported by this slice. */
  readonly reported: { created: number; removed: number; lost: number };
}

type Place = Parameters<typeof advanceListing>[2];

/**
 * Saves the progress of the listing in the transaction that saves the outcome of a page.
 * @throws resource/conflict if the lease is lost
 */
export async function advance(tx: Db, { lease }: ListingSlice, place: Place): Promise<void> {
  if (!(await advanceListing(tx, lease, place)))
    throw new DarkroomError('resource/conflict', 'The lease of the listing is lost');
}

/** Events that are already published are neither published again nor counted as lost. */
export async function listUnpublished<T extends { event: { id: string } }>(db: Db, facts: readonly T[]): Promise<T[]> {
  const told = await listPublishedEvents(
    db,
    eventSources.watchMinio,
    facts.map(({ event }) => event.id),
  );
  return facts.filter(({ event }) => !told.has(event.id));
}

export function isOver({ endsAtMs, signal }: ListingSlice): boolean {
  signal.throwIfAborted();
  return performance.now() >= endsAtMs;
}
