import { z } from 'zod';
import { deterministicId } from '#shared/ids/ids.ts';

const uuid = z.uuid();
const asset = z.object({ assetId: uuid, ownerId: uuid, recipe: z.string().optional() });

/** Every event there is: its type, what it says, and the schema of its data. docs/events.md is made from this. */
export const catalogue = {
  'photos.darkroom.object.created.v1': {
    summary: 'A watcher saw a complete file or object.',
    data: z.object({
      store: z.string(),
      key: z.string(),
      sizeBytes: z.number().int().nonnegative(),
      version: z.string(),
    }),
  },
  'photos.darkroom.object.removed.v1': {
    summary: 'A watcher no longer sees a file or object.',
    data: z.object({ store: z.string(), key: z.string() }),
  },
  'photos.darkroom.asset.created.v1': { summary: 'An asset has a row; its metadata is to be read.', data: asset },
  'photos.darkroom.asset.described.v1': { summary: 'Metadata was read; pictures are to be made.', data: asset },
  'photos.darkroom.asset.rendered.v1': { summary: 'Thumbnail and preview exist; faces are to be found.', data: asset },
  'photos.darkroom.faces.embedded.v1': { summary: 'Faces have embeddings; people are to be found.', data: asset },
  'photos.darkroom.asset.deleted.v1': {
    summary: 'An asset was deleted for good; its files are to be removed.',
    data: asset,
  },
  'photos.darkroom.listing.unfinished.v1': {
    summary: 'A bucket was listed for as long as one request may take; the rest is to be listed.',
    data: z.object({ bucket: z.string() }),
  },
  'photos.darkroom.scan.requested.v1': {
    summary:
      'Watched folders are to be looked through: those of a library, or all; `path` is a folder in which something has changed, by its location or absolute path.',
    data: z.object({ libraryId: uuid.optional(), path: z.string().min(1).optional(), full: z.boolean().optional() }),
  },
  'photos.darkroom.scan.unfinished.v1': {
    summary:
      'Watched folders were looked through for as long as one request may take; the rest is to be looked through.',
    data: z.object({ full: z.boolean(), libraryId: uuid.optional(), since: z.iso.datetime() }),
  },
} as const satisfies Record<string, { summary: string; data: z.ZodType }>;

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>;

/** The type of Knative's PingSource, whose tick is the nightly work. @see Knative Eventing, PingSource */
export const pingType = 'dev.knative.sources.ping';

/** A CloudEvent of the catalogue with its extensions. @see CloudEvents 1.0.2 */
export interface DarkroomEvent<T extends EventType = EventType> {
  id: string;
  type: T;
  source: string;
  subject: string;
  /** RFC 3339. */
  time: string;
  data: EventData<T>;
  /** Extension that Triggers filter on: `image` or `video`. */
  assettype?: 'image' | 'video';
  traceparent?: string;
}

export interface AssetSubject {
  assetId: string;
  ownerId: string;
  assetType: string;
}

type AssetEventType = Exclude<EventType, `photos.darkroom.${'object' | 'listing' | 'scan'}.${string}`>;

/**
 * An event about an asset. Its id is a hash of type, asset and `version` (a recipe or an attempt), so that the same
 * fact told twice is the same event.
 */
export function assetEvent(type: AssetEventType, subject: AssetSubject, version: string): DarkroomEvent {
  return {
    id: deterministicId(type, subject.assetId, version),
    type,
    source: '/darkroom/pipeline',
    subject: subject.assetId,
    time: new Date().toISOString(),
    data: { assetId: subject.assetId, ownerId: subject.ownerId },
    assettype: subject.assetType === 'VIDEO' ? 'video' : 'image',
  };
}
