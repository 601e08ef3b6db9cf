import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { edited } from './asset-schemas.ts';
import { idParams } from '../http/fields.ts';
import { sendOriginal } from './send-original.ts';

const downloadQuery = z.object({ edited });

export const downloadAsset = operation('downloadAsset', {
  method: 'GET',
  path: '/assets/:id/original',
  auth: 'user',
  permission: 'asset.download',
  sharedLink: true,
  raw: true,
  status: 200,
  params: idParams,
  query: downloadQuery,
  handler: async (context, { params: { id } }) => {
    await sendOriginal(context, id, 'asset.download');
  },
});
