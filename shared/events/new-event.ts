import { eventSources } from './event-sources.ts';
import { deterministicId, newId } from '#shared/ids/ids.ts';
import type { DarkroomEvent, EventData, EventType, Fact } from './catalogue.ts';
import { eventTypes } from './event-types.ts';

/** Makes an event of a fact, with the current time. */
export function toEvent<T extends EventType>(fact: Fact<T>): DarkroomEvent<T> {
  return { ...fact, time: new Date().toISOString() };
}

export interface AssetSubject {
  assetId: string;
  ownerId: string;
  assetType: string;
}

type AssetEventType = {
  [T in EventType]: EventData<T> extends { assetId: string } ? T : never;
}[EventType];

/** An event about an asset. Its id is built from type, asset and `version` (a recipe or an attempt). */
export function assetEvent(type: AssetEventType, subject: AssetSubject, version: string): DarkroomEvent {
  return {
    ...toEvent({
      id: deterministicId(type, subject.assetId, version),
      type,
      source: eventSources.pipeline,
      subject: subject.assetId,
      data: { assetId: subject.assetId, ownerId: subject.ownerId },
    }),
    assettype: subject.assetType === 'VIDEO' ? 'video' : 'image',
  };
}

/** The event on which sweep removes the files of a deleted asset, and then its row. */
export function assetDeleted({ id, ownerId }: { id: string; ownerId: string }): Fact<typeof eventTypes.assetDeleted> {
  const type = eventTypes.assetDeleted;
  return { id: deterministicId(type, id), type, source: eventSources.api, subject: id, data: { assetId: id, ownerId } };
}

export interface SeenObject {
  store: string;
  key: string;
  sizeBytes: number;
  version: string;
}

/**
 * A watcher saw a complete object. The id is built from store, key and version, so that a notification, a listing and a
 * scan of the same content are the same event.
 * @param source the watcher, for example `/darkroom/watch-minio`
 */
export function objectCreated(source: string, object: SeenObject): Fact<typeof eventTypes.objectCreated> {
  const { store, key, sizeBytes, version } = object;
  const type = eventTypes.objectCreated;
  return {
    id: deterministicId(type, store, key, version),
    type,
    source,
    subject: key,
    data: { store, key, sizeBytes, version },
  };
}

/** A known object was removed. `version` is the last known one. */
export function objectRemoved(
  source: string,
  { store, key, version }: Omit<SeenObject, 'sizeBytes'>,
): Fact<typeof eventTypes.objectRemoved> {
  const type = eventTypes.objectRemoved;
  return { id: deterministicId(type, store, key, version), type, source, subject: key, data: { store, key } };
}

/** An object whose bytes were under the key `from` before. `checksum` is their SHA-1 in hex. */
export function objectMoved(
  source: string,
  { store, key, from, sizeBytes, version, checksum }: SeenObject & { from: string; checksum?: string },
): Fact<typeof eventTypes.objectMoved> {
  const type = eventTypes.objectMoved;
  return {
    id: deterministicId(type, store, from, key, version),
    type,
    source,
    subject: key,
    data: { store, key, from, sizeBytes, version, ...(checksum !== undefined && { checksum }) },
  };
}

/** Requests a scan of watched folders. A second request for a library while the first is pending has the same id. */
export function scanRequested(
  source: string,
  data: EventData<typeof eventTypes.scanRequested>,
): Fact<typeof eventTypes.scanRequested> {
  const type = eventTypes.scanRequested;
  const id = data.libraryId === undefined ? newId() : deterministicId(type, data.libraryId);
  return { id, type, source, subject: data.libraryId ?? 'all', data };
}

/** Requests the rest of a scan that `cause` (an event's id) began. */
export function scanUnfinished(
  source: string,
  data: EventData<typeof eventTypes.scanUnfinished>,
  cause: string,
): DarkroomEvent<typeof eventTypes.scanUnfinished> {
  const type = eventTypes.scanUnfinished;
  return toEvent({ id: deterministicId(type, cause), type, source, subject: data.libraryId ?? 'all', data });
}

/** Requests the rest of a bucket's listing. */
export function listingUnfinished(source: string, bucket: string): DarkroomEvent<typeof eventTypes.listingUnfinished> {
  return toEvent({ id: newId(), type: eventTypes.listingUnfinished, source, subject: bucket, data: { bucket } });
}
