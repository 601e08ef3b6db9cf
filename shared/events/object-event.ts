import { deterministicId } from '#shared/ids/ids.ts';
import type { DarkroomEvent } from './catalogue.ts';

export interface SeenObject {
  store: string;
  key: string;
  sizeBytes: number;
  version: string;
}

/**
 * A watcher saw an object that is complete. The id is a hash of store, key and version, so that a notification, a
 * listing and a scan of the same content tell the same event.
 * @param source the watcher, for example `/darkroom/watch-minio`
 */
export function objectCreated(source: string, { store, key, sizeBytes, version }: SeenObject): DarkroomEvent {
  const type = 'photos.darkroom.object.created.v1';
  return {
    id: deterministicId(type, store, key, version),
    type,
    source,
    subject: key,
    time: new Date().toISOString(),
    data: { store, key, sizeBytes, version },
  };
}

/** An object that a watcher knew is gone. `version` is the one last known. */
export function objectRemoved(source: string, { store, key, version }: Omit<SeenObject, 'sizeBytes'>): DarkroomEvent {
  const type = 'photos.darkroom.object.removed.v1';
  return {
    id: deterministicId(type, store, key, version),
    type,
    source,
    subject: key,
    time: new Date().toISOString(),
    data: { store, key },
  };
}
