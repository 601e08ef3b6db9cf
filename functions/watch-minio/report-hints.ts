import type { Db } from '#shared/db/db.ts';
import { listKnownObjects } from '#shared/scans/bucket-listing.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { objectCreated, objectRemoved } from '#shared/events/new-event.ts';
import type { Store } from '#shared/store/store.ts';
import { findAll } from './find-all.ts';
import { eventSources } from '#shared/events/event-sources.ts';

export interface HintPorts {
  db: Db;
  store: Pick<Store, 'find'>;
}

/**
 * Looks at what is there now at each location, and writes that into the outbox: objects that are there, and known ones
 * that are gone. Told twice, or in any order, it comes to the same events.
 * @param storeName what events and `stored_object` call the store of these locations
 * @throws store/unavailable, and nothing is written
 */
export async function reportHints(
  { db, store }: HintPorts,
  storeName: string,
  locations: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const found = await findAll(store, locations, signal);
  const created = [...found.values()]
    .filter((it) => it !== undefined)
    .map(({ key, sizeBytes, version }) =>
      objectCreated(eventSources.watchMinio, { store: storeName, key, sizeBytes, version }),
    );
  const gone = [...found.keys()].filter((key) => found.get(key) === undefined);
  const removed = (await listKnownObjects(db, storeName, gone)).map(({ key, version }) =>
    objectRemoved(eventSources.watchMinio, { store: storeName, key, version: version ?? '' }),
  );
  await writeOutbox(db, [...created, ...removed]);
}
