import { eventTypes } from '#shared/events/event-types.ts';
import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import { done, receive, type PingEvent } from '#shared/events/receive.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { removeDeleted } from './remove-deleted.ts';
import { sweep } from './sweep.ts';

export const fn: EventFunction = {
  name: 'sweep',
  create(platform) {
    const ports = { ...platform, relay: createRelay(platform) };
    return receive([pingType, eventTypes.assetDeleted], platform.log, async (event) => {
      if (isPing(event)) await sweep(ports, { isNightly: true });
      else await removeDeleted(ports, event.data.assetId);
      ports.relay.kick();
      return done;
    });
  },
};

function isPing(event: PingEvent | DarkroomEvent<typeof eventTypes.assetDeleted>): event is PingEvent {
  return event.type === pingType;
}
