import { countKnownObjects, countMissing, listKnownObjects, listMissing } from '#shared/scans/bucket-listing.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { objectRemoved } from '#shared/events/new-event.ts';
import { isMassLoss } from '#shared/store/mass-loss.ts';
import { findAll } from './find-all.ts';
import { advance, isOver, listUnpublished, type ListingPorts, type ListingSlice } from './listing-slice.ts';
import { eventSources } from '#shared/events/event-sources.ts';

const batchObjects = 100;

/**
 * Why the listing halts: so many objects are missing that the bucket is more likely to be at fault than that they were
 * removed (it is empty, or it is a mass loss).
 */
export async function judgeMissing(
  { db }: ListingPorts,
  { scope, objects }: ListingSlice,
): Promise<string | undefined> {
  const missing = await countMissing(db, scope.bucket);
  if (missing === 0) return undefined;
  if (objects === 0) return `the bucket lists nothing below ${scope.prefix}, and ${missing} objects of it are known`;
  const known = await countKnownObjects(db, scope);
  return isMassLoss(missing, known) ? `${missing} of ${known} known objects are missing at once` : undefined;
}

/**
 * Looks at each object that was not listed, from `cursor` on, and reports those that are gone, until none is left or the
 * slice is over.
 */
export async function checkMissing(
  ports: ListingPorts,
  slice: ListingSlice,
  cursor: string | null,
): Promise<'through' | 'over'> {
  const { db, store, relay } = ports;
  const { scope, isFirst, reported, signal } = slice;
  for (let after = cursor ?? ''; ;) {
    const batch = (await listMissing(db, scope.bucket, after, batchObjects)).map(({ key }) => key);
    const last = batch.at(-1);
    if (last === undefined) return 'through';
    const found = await findAll(store, batch, signal);
    const gone = batch.filter((key) => found.get(key) === undefined);
    if (gone.length > 0 && !slice.isApproved) await requireObjects(ports, slice);
    const facts = (await listKnownObjects(db, scope.store, gone)).map(({ key, version }) => ({
      event: objectRemoved(eventSources.watchMinio, { store: scope.store, key, version: version ?? '' }),
    }));
    const unpublished = await listUnpublished(db, facts);
    const lost = isFirst ? 0 : unpublished.length;
    await inTransaction(db, async (tx) => {
      await writeOutbox(
        tx,
        unpublished.map(({ event }) => event),
      );
      await advance(tx, slice, { phase: 'checking', cursor: last, objects: 0, lostCreated: 0, lostRemoved: lost });
    });
    reported.removed += unpublished.length;
    reported.lost += lost;
    if (unpublished.length > 0) relay.kick();
    after = last;
    if (isOver(slice)) return 'over';
  }
}

/**
 * Checks that the bucket is not empty: if it became empty meanwhile, its objects were not removed.
 * @throws store/unavailable
 */
async function requireObjects({ store }: ListingPorts, { scope }: ListingSlice): Promise<void> {
  for await (const _object of store.list(scope.prefix)) return;
  throw new DarkroomError('store/unavailable', `The bucket ${scope.bucket} has become empty during the listing`);
}
