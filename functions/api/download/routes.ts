import { notYet, type Operations } from '../route.ts';

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
  getDownloadInfo: notYet({
    method: 'POST',
    path: '/download/info',
    auth: 'user',
    permission: 'asset.download',
    sharedLink: true,
    status: 201,
  }),
} satisfies Partial<Operations>;
