import { sql } from 'kysely';
import { eventTypes } from '#shared/events/event-types.ts';
import * as outbox from '#shared/outbox/outbox.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof outbox> = {
  writeOutbox: (db) => outbox.writeOutbox(db, [{ id: 'e', type: 't', source: '/s', subject: 'a', data: {} }]),
  claimOutbox: (db) => outbox.claimOutbox(db, 10, 60),
  claimAcknowledged: (db) => outbox.claimAcknowledged(db, 64, 900),
  holdOutbox: (db) => outbox.holdOutbox(db, 'e', 90),
  releaseOutbox: (db) => outbox.releaseOutbox(db, ['e', 'f']),
  readOutboxAge: (db) => outbox.readOutboxAge(db),
  countOutbox: (db) => outbox.countOutbox(db),
  releaseAcknowledged: (db) => outbox.releaseAcknowledged(db),
  deleteOutbox: (db) => outbox.deleteOutbox(db, ['e', 'f']),
  copyToOutbox: (db) =>
    outbox.copyToOutbox(
      db,
      sql`select ${outbox.eventIdOf(eventTypes.assetDeleted, sql`'a'`)} as "id", 't' as "type", '/s' as "source", 'a' as "subject", '{}'::jsonb as "data", false as "isAcknowledged"`,
    ),
};
