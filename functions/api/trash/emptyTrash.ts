import { deleteAssets } from '#shared/assets/asset.ts';
import * as trash from '#shared/assets/trash.ts';
import { operation } from '../http/operation.ts';

const batch = 1000;

/** Deletes for good what is in the trash. What a killed request leaves there goes with the next. */
export const emptyTrash = operation('emptyTrash', {
  method: 'POST',
  path: '/trash/empty',
  auth: 'user',
  permission: 'asset.delete',
  status: 200,
  handler: async ({ ports, auth }) => {
    let count = 0;
    for (;;) {
      const rows = await trash.listTrash(ports.db, auth.user.id, batch);
      if (rows.length === 0) break;
      const ids = rows.map((row) => row.id);
      const deleted = new Set((await deleteAssets(ports.db, ids, 'trashed')).map((it) => it.id));
      count += trash.countShown(rows.filter((row) => deleted.has(row.id)));
    }
    ports.relay.kick();
    return { count };
  },
});
