import * as deadLetter from '#shared/outbox/dead-letter.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof deadLetter> = {
  keepDeadLetter: (db) =>
    deadLetter.keepDeadLetter(db, {
      eventId: 'e',
      eventType: 't',
      source: '/s',
      subject: 'a',
      destination: null,
      errorCode: 503,
      reason: null,
      data: {},
    }),
  listDeadLetters: (db) => deadLetter.listDeadLetters(db, 10),
  async claimDeadLetters(db) {
    await deadLetter.claimDeadLetters(db, {}, { limit: 10 });
    await deadLetter.claimDeadLetters(
      db,
      { ids: [newId()], types: ['t'], exceptTypes: ['u'], isVideo: true },
      { afterId: newId(), limit: 10 },
    );
  },
  closeDeadLetters: (db) => deadLetter.closeDeadLetters(db, [newId()], 'redriven'),
  discardDeadLetters: (db) => deadLetter.discardDeadLetters(db, { types: ['t'] }, 'why'),
  countDeadLetters: (db) => deadLetter.countDeadLetters(db),
};
