import type { Db } from '#shared/db/db.ts';
import { listKnownObjects } from '#shared/db/queries/bucket-listing.ts';
import { writeOutbox } from '#shared/db/queries/outbox.ts';
import { objectCreated, objectRemoved } from '#shared/events/object-event.ts';
import type { Store, StoredObject } from '#shared/store/store.ts';
import { findAll } from './find-all.ts';
import { source } from './watched.ts';

export interface Ports {
  db: Db;
  store: Pick<Store, 'kind' | 'find'>;
}

/**
 * Looks at what is in the bucket now under each key, and writes that into the outbox: objects that are there, and known
 * ones that are gone. Told twice, or in any order, it comes to the same events.
 * @throws store/unavailable, and nothing is written
 */
export async function reportHints(
  { db, store }: Ports,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<{ created: number; removed: number }> {
  const found = await findAll(store, keys, signal);
  const created = [...found.values()].filter((it) => it !== undefined).map((it) => createdEvent(store.kind, it));
  const gone = keys.filter((key) => found.get(key) === undefined);
  const known = await listKnownObjects(db, store.kind, gone);
  const removed = known.map(({ key, version }) =>
    objectRemoved(source, { store: store.kind, key, version: version ?? '' }),
  );
  await writeOutbox(db, [...created, ...removed]);
  return { created: created.length, removed: removed.length };
}

function createdEvent(kind: Store['kind'], { key, sizeBytes, etag }: StoredObject) {
  return objectCreated(source, { store: kind, key, sizeBytes, version: etag });
}
