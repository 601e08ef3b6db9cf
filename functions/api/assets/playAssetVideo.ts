import { operation } from '../http/operation.ts';
import { idParams } from '../http/fields.ts';
import { sendOriginal } from './send-original.ts';

/** Sends the original, since videos are not transcoded yet. */
export const playAssetVideo = operation('playAssetVideo', {
  method: 'GET',
  path: '/assets/:id/video/playback',
  auth: 'user',
  permission: 'asset.view',
  sharedLink: true,
  raw: true,
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await sendOriginal(context, id, 'asset.view');
  },
});
