import { z } from 'zod';
import { eventTypes } from './event-types.ts';

const uuid = z.uuid();
const asset = z.object({ assetId: uuid, ownerId: uuid, recipe: z.string().optional() });

/** All events: type, summary, and the schema of the data. docs/events.md is generated from this. */
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
  [eventTypes.assetCreated]: { summary: 'An asset was created; its metadata has to be read.', data: asset },
  [eventTypes.assetDescribed]: {
    summary: 'Metadata was read; thumbnail and preview have to be rendered.',
    data: asset,
  },
  [eventTypes.assetRendered]: { summary: 'Thumbnail and preview exist; faces have to be detected.', data: asset },
  [eventTypes.facesEmbedded]: { summary: 'Faces have embeddings; they have to be assigned to people.', data: asset },
  [eventTypes.assetDeleted]: {
    summary: 'An asset was deleted permanently; its files have to be removed.',
    data: asset,
  },
  [eventTypes.listingUnfinished]: {
    summary: 'The listing of a bucket reached the time limit of a request; the rest has to be listed.',
    data: z.object({ bucket: z.string() }),
  },
  [eventTypes.scanRequested]: {
    summary:
      'Watched folders have to be scanned: those of a library, or all; `path` is a folder in which something has changed, as a location or absolute path.',
    data: z.object({ libraryId: uuid.optional(), path: z.string().min(1).optional(), full: z.boolean().optional() }),
  },
  [eventTypes.scanUnfinished]: {
    summary: 'The scan of watched folders reached the time limit of a request; the rest has to be scanned.',
    data: z.object({ full: z.boolean(), libraryId: uuid.optional(), since: z.iso.datetime() }),
  },
} as const satisfies Record<string, { summary: string; data: z.ZodType }>;

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>;

/** The type of Knative's PingSource, whose event starts the nightly work. @see Knative Eventing, PingSource */
export const pingType = 'dev.knative.sources.ping';

/** An event without the time of sending. The same fact published twice has the same id. */
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
