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
 * Looks at each location and writes what is there now into the outbox: objects that exist, and known ones that are
 * gone. Repeated hints, in any order, lead to the same events.
 * @param storeName the name of these locations' store in events and `stored_object`
 * @throws store/unavailable; then nothing is written
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
