import { eventSources } from '#shared/events/event-sources.ts';
import { z } from 'zod';
import type { Db } from '#shared/db/db.ts';
import type { Library } from '#shared/db/tables.ts';
import { objectRemoved } from '#shared/events/new-event.ts';
import * as libraries from '#shared/libraries/library.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { createExclusion } from '#shared/store/exclusion.ts';
import { isWithin } from '#shared/store/location.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { validateImportPath } from './import-paths.ts';
import { refuseTakenPaths } from './import-paths.ts';
import { refuseImportPath } from './import-paths.ts';
import { readLibrary } from './read-library.ts';
import { requireLibrary } from './read-library.ts';
import { getLibraryById } from './read-library.ts';
import { exclusionPatterns, importPaths, name } from './library-schemas.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

const nilId = '00000000-0000-0000-0000-000000000000';

const pageAssets = 5_000;

const updateLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  importPaths: importPaths.exactOptional(),
  name: name.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateLibrary'>>;

/** Changes a library. Events make assets offline that it no longer includes; the next scan finds those that it now includes. */
export const updateLibrary = operation('updateLibrary', {
  method: 'PUT',
  path: '/libraries/:id',
  auth: 'admin',
  permission: 'library.update',
  patchAlias: true,
  status: 200,
  params: lowerCaseIdParams,
  body: updateLibraryBody,
  handler: async ({ ports: { db, config, relay } }, { params: { id }, body: changes }) => {
    const before = await getLibraryById(db, id);
    createExclusion(changes.exclusionPatterns ?? []);
    const added = (changes.importPaths ?? []).filter((path) => !before.importPaths.includes(path));
    for (const path of added) refuseImportPath(await validateImportPath(config, path));
    await refuseTakenPaths(db, id, added);
    const library = await libraries.updateLibrary(db, id, changes, hideWhatIsOutside);
    relay.kick();
    return readLibrary(db, requireLibrary(library));
  },
});

async function hideWhatIsOutside(tx: Db, { id, importPaths, exclusionPatterns }: Library): Promise<void> {
  const isExcluded = createExclusion(exclusionPatterns);
  const isShown = (key: string) => importPaths.some((path) => isWithin(key, path)) && !isExcluded(key);
  for (let after = nilId; ;) {
    const page = await libraries.listLibraryOriginals(tx, id, { after, limit: pageAssets });
    const hidden = page.filter(({ key }) => !isShown(key));
    await writeOutbox(
      tx,
      hidden.map(({ store, key, version }) => objectRemoved(eventSources.api, { store, key, version: version ?? '' })),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.assetId;
  }
}
