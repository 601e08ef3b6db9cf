import type { Person } from '#shared/db/tables.ts';
import type { ApiPorts } from '../http/api-ports.ts';

/** Removes the pictures of people who are gone. One that cannot be removed now is in nobody's way. */
export async function removePortraits({ store, log }: ApiPorts, gone: readonly Person[]): Promise<void> {
  for (const { id, thumbnailPath } of gone) {
    if (thumbnailPath === '') continue;
    await store.delete(thumbnailPath).catch((error: unknown) => {
      log.warn({ err: error, personId: id }, 'the portrait of a deleted person stays behind');
    });
  }
}
