import * as trash from '#shared/assets/trash.ts';
import { operation } from '../http/operation.ts';

export const restoreTrash = operation('restoreTrash', {
  method: 'POST',
  path: '/trash/restore',
  auth: 'user',
  permission: 'asset.delete',
  status: 200,
  handler: async ({ ports, auth }) => {
    return { count: await trash.restoreTrash(ports.db, auth.user.id) };
  },
});
