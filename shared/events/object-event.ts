import type { OutboxEvent } from '#shared/db/queries/outbox.ts';
import { deterministicId } from '#shared/ids/ids.ts';

export interface SeenObject {
  store: string;
  key: string;
  sizeBytes: number;
  version: string;
}

/**
 * For the outbox: a watcher saw an object that is complete. The id is a hash of store, key and version, so that a notification, a
 * listing and a scan of the same content tell the same event.
 * @param source the watcher, for example `/darkroom/watch-minio`
 */
export function objectCreated(source: string, { store, key, sizeBytes, version }: SeenObject): OutboxEvent {
  const type = 'photos.darkroom.object.created.v1';
  return {
    id: deterministicId(type, store, key, version),
    type,
    source,
    subject: key,
    data: { store, key, sizeBytes, version },
  };
}

/** For the outbox: an object that a watcher knew is gone. `version` is the one last known. */
export function objectRemoved(source: string, { store, key, version }: Omit<SeenObject, 'sizeBytes'>): OutboxEvent {
  const type = 'photos.darkroom.object.removed.v1';
  return {
    id: deterministicId(type, store, key, version),
    type,
    source,
    subject: key,
    data: { store, key },
  };
}
