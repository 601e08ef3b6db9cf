import { z } from 'zod';
import { findAsset } from '#shared/assets/asset.ts';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { sendObject } from '../http/send-object.ts';
import { edited } from './asset-schemas.ts';
import { idParams } from '../http/fields.ts';

const viewQuery = z.object({
  edited,
  size: z.enum(['fullsize', 'original', 'preview', 'thumbnail']).default('thumbnail'),
});

/**
 * Sends a derivative of an asset. The full size of a format that browsers support is a redirect to the original; it is
 * relative, so that it also works below a prefix.
 */
export const viewAsset = operation('viewAsset', {
  method: 'GET',
  path: '/assets/:id/thumbnail',
  auth: 'user',
  permission: 'asset.view',
  sharedLink: true,
  raw: true,
  status: 200,
  params: idParams,
  query: viewQuery,
  handler: async (context, { params: { id }, query: { size } }) => {
    await requireAccess(context, 'asset.view', [id]);
    const { ports, request, reply } = context;
    if (size === 'original') return redirect(context, 'original');
    const asset = await findAsset(ports.db, id);
    if (asset === undefined) throw new DarkroomError('resource/not-found', 'Asset media not found');
    if (size === 'fullsize') {
      const isShownByBrowsers = /\.(?:jpe?g|png|webp|avif|gif)$/i.test(asset.originalFileName);
      return isShownByBrowsers ? redirect(context, 'original') : redirect(context, 'thumbnail', { size: 'preview' });
    }
    const key = await findAssetFilePath(ports.db, id, size);
    if (key === undefined) throw new DarkroomError('resource/not-found', 'Asset media not found');
    const [mimeType, extension] = size === 'thumbnail' ? ['image/webp', 'webp'] : ['image/jpeg', 'jpeg'];
    const stem = asset.originalFileName.replace(/\.[^.]*$/, '');
    await sendObject(ports.store, request, reply, { key, mimeType, fileName: `${stem}_${size}.${extension}` });
  },
});

/** Keeps the credentials and the cache key of the request. */
async function redirect(
  { request, reply }: RequestContext,
  target: 'original' | 'thumbnail',
  override: Record<string, string> = {},
): Promise<void> {
  const query = new URLSearchParams(request.url.split('?')[1]);
  query.delete('size');
  for (const [name, value] of Object.entries(override)) query.set(name, value);
  const search = query.size > 0 ? `?${query.toString()}` : '';
  await reply.redirect(`${target}${search}`, 302);
}
