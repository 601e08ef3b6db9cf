import { addMissing, compareListed } from '#shared/scans/bucket-listing.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { objectCreated } from '#shared/events/new-event.ts';
import type { ObjectInfo } from '#shared/store/store.ts';
import { advance, isOver, listUnpublished, type ListingPorts, type ListingSlice } from './listing-slice.ts';
import { eventSources } from '#shared/events/event-sources.ts';

const pageObjects = 1_000;
/**
 * Lists from `cursor` on and compares page by page with the known objects, until all is listed or the slice is over.
 */
export async function comparePages(
  ports: ListingPorts,
  slice: ListingSlice,
  cursor: string | null,
): Promise<'through' | 'over'> {
  const { prefix } = slice.scope;
  let after = cursor ?? prefix;
  let page: ObjectInfo[] = [];
  for await (const object of ports.store.list(prefix, after)) {
    page.push(object);
    if (page.length < pageObjects) continue;
    await comparePage(ports, slice, { after, upTo: object.key }, page);
    after = object.key;
    page = [];
    if (isOver(slice)) return 'over';
  }
  await comparePage(ports, slice, { after, upTo: undefined }, page);
  return 'through';
}

async function comparePage(
  { db, relay }: ListingPorts,
  slice: ListingSlice,
  range: { after: string; upTo: string | undefined },
  page: readonly ObjectInfo[],
): Promise<void> {
  const { scope, isFirst, reported } = slice;
  const listed = page.map(({ key, version, sizeBytes }) => ({ key, version, sizeBytes }));
  const differences = await compareListed(db, scope, range, listed);
  const known = new Map(differences.filter((it) => it.isListed).map((it) => [it.key, it.version]));
  const found = page
    .filter(({ key }) => known.has(key))
    .map(({ key, sizeBytes, version, modifiedAt }) => ({
      // An unchanged object that is back may have been away with the whole bucket, which sends no notification.
      isLost: !isFirst && known.get(key) !== version && modifiedAt.getTime() < Date.now() - slice.graceMs,
      event: objectCreated(eventSources.watchMinio, { store: scope.store, key, sizeBytes, version }),
    }));
  const unpublished = await listUnpublished(db, found);
  const lost = unpublished.filter((it) => it.isLost).length;
  await inTransaction(db, async (tx) => {
    await writeOutbox(
      tx,
      unpublished.map(({ event }) => event),
    );
    await addMissing(
      tx,
      scope.bucket,
      differences.filter((it) => !it.isListed),
    );
    const isThrough = range.upTo === undefined;
    await advance(tx, slice, {
      phase: isThrough ? 'checking' : 'listing',
      cursor: range.upTo ?? null,
      objects: page.length,
      lostCreated: lost,
      lostRemoved: 0,
    });
  });
  slice.objects += page.length;
  reported.created += unpublished.length;
  reported.lost += lost;
  if (unpublished.length > 0) relay.kick();
}
