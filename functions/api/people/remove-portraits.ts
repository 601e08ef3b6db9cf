import type { Person } from '#shared/db/tables.ts';
import type { ApiPorts } from '../http/api-ports.ts';

/** Removes the portraits of deleted people. A portrait that cannot be removed is only logged. */
export async function removePortraits({ store, log }: ApiPorts, gone: readonly Person[]): Promise<void> {
  for (const { id, thumbnailPath } of gone) {
    if (thumbnailPath === '') continue;
    await store.delete(thumbnailPath).catch((error: unknown) => {
      log.warn({ err: error, personId: id }, 'the portrait of a deleted person stays behind');
    });
  }
}
