import { z } from 'zod';
import { eventTypes } from './event-types.ts';

const uuid = z.uuid();
const asset = z.object({ assetId: uuid, ownerId: uuid, recipe: z.string().optional() });

/** Every event there is: its type, what it says, and the schema of its data. docs/events.md is made from this. */
export const catalogue = {
  [eventTypes.objectCreated]: {
    summary: 'A watcher saw a complete file or object.',
    data: z.object({
      store: z.string(),
      key: z.string(),
      sizeBytes: z.number().int().nonnegative(),
      version: z.string(),
    }),
  },
  [eventTypes.objectRemoved]: {
    summary: 'A watcher no longer sees a file or object.',
    data: z.object({ store: z.string(), key: z.string() }),
  },
  [eventTypes.objectMoved]: {
    summary:
      'A watcher no longer sees a file at `from`, and sees its bytes at `key`; `checksum` is their SHA-1 in hex, where it was computed.',
    data: z.object({
      store: z.string(),
      key: z.string(),
      from: z.string(),
      sizeBytes: z.number().int().nonnegative(),
      version: z.string(),
      checksum: z
        .string()
        .regex(/^[\da-f]{40}$/)
        .optional(),
    }),
  },
  [eventTypes.assetCreated]: { summary: 'An asset has a row; its metadata is to be read.', data: asset },
  [eventTypes.assetDescribed]: { summary: 'Metadata was read; pictures are to be made.', data: asset },
  [eventTypes.assetRendered]: { summary: 'Thumbnail and preview exist; faces are to be found.', data: asset },
  [eventTypes.facesEmbedded]: { summary: 'Faces have embeddings; people are to be found.', data: asset },
  [eventTypes.assetDeleted]: {
    summary: 'An asset was deleted for good; its files are to be removed.',
    data: asset,
  },
  [eventTypes.listingUnfinished]: {
    summary: 'A bucket was listed for as long as one request may take; the rest is to be listed.',
    data: z.object({ bucket: z.string() }),
  },
  [eventTypes.scanRequested]: {
    summary:
      'Watched folders are to be looked through: those of a library, or all; `path` is a folder in which something has changed, by its location or absolute path.',
    data: z.object({ libraryId: uuid.optional(), path: z.string().min(1).optional(), full: z.boolean().optional() }),
  },
  [eventTypes.scanUnfinished]: {
    summary:
      'Watched folders were looked through for as long as one request may take; the rest is to be looked through.',
    data: z.object({ full: z.boolean(), libraryId: uuid.optional(), since: z.iso.datetime() }),
  },
} as const satisfies Record<string, { summary: string; data: z.ZodType }>;

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>;

/** The type of Knative's PingSource, whose tick is the nightly work. @see Knative Eventing, PingSource */
export const pingType = 'dev.knative.sources.ping';

/** What an event says, whenever it is sent. Its id is the same for the same fact told twice. */
export interface Fact<T extends EventType = EventType> {
  id: string;
  type: T;
  source: string;
  subject: string;
  data: EventData<T>;
}

/** A CloudEvent of the catalogue with its extensions. @see CloudEvents 1.0.2 */
export interface DarkroomEvent<T extends EventType = EventType> extends Fact<T> {
  /** RFC 3339. */
  time: string;
  /** Extension that Triggers filter on: `image` or `video`. */
  assettype?: 'image' | 'video';
  traceparent?: string;
}
