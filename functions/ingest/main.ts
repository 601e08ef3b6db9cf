import { eventTypes } from '#shared/events/event-types.ts';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { deleteOutbox } from '#shared/outbox/outbox.ts';
import { done, receive } from '#shared/events/receive.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { whileHeld } from '#shared/pipeline/hold-object.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { ingestObject } from './ingest.ts';
import { removeObject } from './remove-object.ts';
import { moveObject } from './move-object.ts';

export const fn: EventFunction = {
  name: 'ingest',
  create(platform) {
    const relay = createRelay(platform);
    const types = [eventTypes.objectCreated, eventTypes.objectRemoved, eventTypes.objectMoved] as const;
    return receive(types, platform.log, async (event, signal) => {
      await whileHeld(platform, event.id, async () => {
        if (isMoved(event)) await moveObject(platform, event.data, signal);
        else if (isCreated(event) || (await removeObject(platform, event.data)) === 'still-there')
          await ingestObject(platform, event.data, signal);
      });
      crashPoint('ingest/after-commit');
      await deleteOutbox(platform.db, [event.id]);
      relay.kick();
      return done;
    });
  },
};

function isMoved(event: DarkroomEvent): event is DarkroomEvent<typeof eventTypes.objectMoved> {
  return event.type === eventTypes.objectMoved;
}

function isCreated(event: DarkroomEvent): event is DarkroomEvent<typeof eventTypes.objectCreated> {
  return event.type === eventTypes.objectCreated;
}
