import type { OutboxEvent } from '#shared/db/queries/outbox.ts';
import { deterministicId } from '#shared/ids/ids.ts';

/** For the outbox: the folders of a library are to be looked through. Asked for again while it waits, it is the same event. */
export function scanRequested(source: string, libraryId: string): OutboxEvent {
  const type = 'photos.darkroom.scan.requested.v1';
  return { id: deterministicId(type, libraryId), type, source, subject: libraryId, data: { libraryId } };
}
