import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import { done, receive, type EventHandler, type Outcome } from '#shared/events/receive.ts';
import { newId } from '#shared/ids/ids.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { listBucket, type Listed, type ListingOptions } from './list-bucket.ts';
import { source, watchedPrefix } from './watched.ts';
import { createWebhook } from './webhook.ts';

/** Two doors on one server: the Broker's, for requests that are CloudEvents, and one for bucket notifications. */
export function createWatch(
  platform: Platform,
  options: Pick<ListingOptions, 'sliceMs' | 'graceMs'> = {},
): EventHandler {
  const { DARKROOM_MINIO_BUCKET: bucket, DARKROOM_WEBHOOK_TOKEN: token } = platform.config;
  const ports = { ...platform, relay: createRelay(platform) };
  const scope = { bucket, store: platform.store.kind, prefix: watchedPrefix };
  const takeNotification = createWebhook({ ...ports, bucket, token });
  const types = [pingType, 'photos.darkroom.listing.unfinished.v1'] as const;
  const takeEvent = receive(types, platform.log, async (event, signal) =>
    toOutcome(bucket, await listBucket(ports, scope, signal, { ...options, onlyGoOn: event.type !== pingType })),
  );
  return (request, signal) => (isEvent(request.headers) ? takeEvent : takeNotification)(request, signal);
}

function isEvent(headers: Parameters<EventHandler>[0]['headers']): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined;
}

function toOutcome(bucket: string, listed: Listed): Outcome {
  if (listed.outcome !== 'unfinished') return done;
  const reply: DarkroomEvent<'photos.darkroom.listing.unfinished.v1'> = {
    id: newId(),
    type: 'photos.darkroom.listing.unfinished.v1',
    source,
    subject: bucket,
    time: new Date().toISOString(),
    data: { bucket },
  };
  return { outcome: 'done', reply };
}
