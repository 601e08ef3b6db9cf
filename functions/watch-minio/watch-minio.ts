import { eventSources } from '#shared/events/event-sources.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { pingType } from '#shared/events/catalogue.ts';
import { listingUnfinished } from '#shared/events/new-event.ts';
import { done, receive, type EventHandler } from '#shared/events/receive.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { ListingOptions } from './list-bucket.ts';
import { listBuckets } from './list-buckets.ts';
import { listWatched } from '#shared/scans/watched-buckets.ts';
import { createWebhook } from './webhook.ts';

/** Serves the Broker, whose requests are CloudEvents, and bucket notifications on one server. */
export function createWatch(
  platform: Platform,
  options: Pick<ListingOptions, 'sliceMs' | 'graceMs'> = {},
): EventHandler {
  const { config, log, store } = platform;
  const watched = listWatched(config, store);
  const ports = { ...platform, relay: createRelay(platform) };
  const takeNotification = createWebhook({ ...ports, watched, token: config.DARKROOM_WEBHOOK_TOKEN });
  const types = [pingType, eventTypes.listingUnfinished] as const;
  const takeEvent = receive(types, log, async (event, signal) => {
    // Each tick also reclaims stages whose event or holder was lost.
    if (event.type === pingType) await ports.relay.look();
    const { unfinished } = await listBuckets(ports, watched, signal, { ...options, onlyGoOn: event.type !== pingType });
    return unfinished === undefined
      ? done
      : { outcome: 'done', reply: listingUnfinished(eventSources.watchMinio, unfinished) };
  });
  return (request, signal) => (isEvent(request.headers) ? takeEvent : takeNotification)(request, signal);
}

function isEvent(headers: Parameters<EventHandler>[0]['headers']): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined;
}
