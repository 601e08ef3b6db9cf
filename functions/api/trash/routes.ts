import { bulkIdsBody } from '../albums/schemas.ts';
import { route, type Operations } from '../route.ts';
import { emptyTrash, restoreAssets, restoreTrash } from './trash.ts';

export const trashRoutes = {
  emptyTrash: route({
    method: 'POST',
    path: '/trash/empty',
    auth: 'user',
    permission: 'asset.delete',
    status: 200,
    handler: (context) => emptyTrash(context),
  }),
  restoreTrash: route({
    method: 'POST',
    path: '/trash/restore',
    auth: 'user',
    permission: 'asset.delete',
    status: 200,
    handler: (context) => restoreTrash(context),
  }),
  restoreAssets: route({
    method: 'POST',
    path: '/trash/restore/assets',
    auth: 'user',
    permission: 'asset.delete',
    status: 200,
    body: bulkIdsBody,
    handler: (context, { body }) => restoreAssets(context, body),
  }),
} satisfies Partial<Operations>;
