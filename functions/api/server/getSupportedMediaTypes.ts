import { listExtensions } from '#shared/media/formats.ts';
import { operation } from '../http/operation.ts';

export const getSupportedMediaTypes = operation('getSupportedMediaTypes', {
  method: 'GET',
  path: '/server/media-types',
  auth: 'public',
  status: 200,
  handler: async () => ({
    image: listExtensions('image'),
    video: listExtensions('video'),
    sidecar: listExtensions('sidecar'),
  }),
});
