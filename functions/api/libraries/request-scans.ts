import { eventSources } from '#shared/events/event-sources.ts';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { scanRequested } from '#shared/events/new-event.ts';
import { noteScanRequests } from '#shared/libraries/library.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';

/** Requests scans of libraries; the queue `library` is busy until they have ended. */
export async function requestScans(db: Db, ids: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    await noteScanRequests(tx, ids);
    await writeOutbox(
      tx,
      ids.map((libraryId) => scanRequested(eventSources.api, { libraryId })),
    );
  });
}
