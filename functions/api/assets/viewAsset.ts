import { findAsset } from '#shared/assets/asset.ts';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../access.ts';
import type { RequestContext } from '../route.ts';
import { sendObject } from '../send-object.ts';

export type ViewSize = 'fullsize' | 'original' | 'preview' | 'thumbnail';

/**
 * Sends a picture made of an asset. Full size of a format that browsers know is the original itself, and its redirect
 * is relative, so that it also works below a prefix.
 */
export async function viewAsset(context: RequestContext, { id, size }: { id: string; size: ViewSize }): Promise<void> {
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
}

/** The credentials and the cache key of the request travel along. */
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
