import { z } from 'zod';
import { newId } from '#shared/ids/ids.ts';
import * as libraries from '#shared/libraries/library.ts';
import { createExclusion } from '#shared/store/exclusion.ts';
import { getUserById } from '../admin-users/find-user-admin.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { validateImportPathName } from './import-paths.ts';
import { refuseTakenPaths } from './import-paths.ts';
import { refuseImportPath } from './import-paths.ts';
import { readLibrary } from './read-library.ts';
import { exclusionPatterns, importPaths, name } from './library-schemas.ts';

const nameDefault = 'New External Library';

/** Files that a NAS, macOS and Syncthing write beside pictures. */
const exclusionsDefault = [
  '**/@eaDir/**',
  '**/._*',
  '**/#recycle/**',
  '**/#snapshot/**',
  '**/.stversions/**',
  '**/.stfolder/**',
];

const createLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  importPaths: importPaths.exactOptional(),
  name: name.exactOptional(),
  ownerId: z.guid().toLowerCase(),
}) satisfies z.ZodType<BodyOf<'createLibrary'>>;

/** Creates a library. Its folders need not exist yet, but their paths must be allowed. */
export const createLibrary = operation('createLibrary', {
  method: 'POST',
  path: '/libraries',
  auth: 'admin',
  permission: 'library.create',
  status: 201,
  body: createLibraryBody,
  handler: async (
    { ports: { db, config } },
    { body: { ownerId, name = nameDefault, importPaths = [], exclusionPatterns = exclusionsDefault } },
  ) => {
    await getUserById(db, ownerId, { withDeleted: false });
    createExclusion(exclusionPatterns);
    for (const path of importPaths) refuseImportPath(validateImportPathName(config, path));
    await refuseTakenPaths(db, undefined, importPaths);
    return readLibrary(
      db,
      await libraries.createLibrary(db, { id: newId(), ownerId, name, importPaths, exclusionPatterns }),
    );
  },
});
