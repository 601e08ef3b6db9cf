import { receiveAny } from '#shared/events/receive.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { fileDeadLetter } from './dead-letter.ts';

export const fn: EventFunction = {
  name: 'dead-letter',
  create: (platform) =>
    receiveAny(platform.log, async (event) => {
      const outcome = await fileDeadLetter(platform, event);
      platform.log.warn({ ceId: event.id, ceType: event.type, subject: event.subject, outcome }, 'dead letter');
    }),
};
