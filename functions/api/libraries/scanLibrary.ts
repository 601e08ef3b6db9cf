import { operation } from '../http/operation.ts';
import { requestScans } from './request-scans.ts';
import { getLibraryById } from './read-library.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

/** Requests a scan of the folders of a library. */
export const scanLibrary = operation('scanLibrary', {
  method: 'POST',
  path: '/libraries/:id/scan',
  auth: 'admin',
  permission: 'library.update',
  status: 204,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db, relay } }, { params: { id } }) => {
    await getLibraryById(db, id);
    await requestScans(db, [id]);
    relay.kick();
  },
});
