import { notYet, route, type Operations } from '../route.ts';
import { downloadInfoBody, getDownloadInfo } from './getDownloadInfo.ts';

export const downloadRoutes = {
  downloadArchive: notYet({
    method: 'POST',
    path: '/download/archive',
    auth: 'user',
    permission: 'asset.download',
    sharedLink: true,
    raw: true,
    status: 200,
  }),
  getDownloadInfo: route({
    method: 'POST',
    path: '/download/info',
    auth: 'user',
    permission: 'asset.download',
    sharedLink: true,
    status: 201,
    body: downloadInfoBody,
    handler: (context, { body }) => getDownloadInfo(context, body),
  }),
} satisfies Partial<Operations>;
