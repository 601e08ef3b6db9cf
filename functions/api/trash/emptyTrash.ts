import { deleteAssets } from '#shared/assets/asset.ts';
import * as trash from '#shared/assets/trash.ts';
import { operation } from '../http/operation.ts';

const batch = 1000;

/** Deletes the assets in the trash permanently. If the process dies, the next request deletes the rest. */
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
