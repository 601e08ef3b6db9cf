import * as deadLetter from '#shared/db/queries/dead-letter.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from './sample.ts';

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
  markRedriven: (db) => deadLetter.markRedriven(db, newId()),
};
