import { findAsset } from '#shared/assets/asset.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { detectFormat } from '#shared/media/detect-format.ts';
import { findFormat } from '#shared/media/formats.ts';
import type { Store } from '#shared/store/store.ts';
import { requireAccess, type AssetPermission } from '../http/require-access.ts';
import type { RequestContext } from '../http/operation.ts';
import { sendObject } from '../http/send-object.ts';

/** Sends the original with its media type. An asset that the caller may not see is a 404, as upstream has it here. */
export async function sendOriginal(context: RequestContext, id: string, permission: AssetPermission): Promise<void> {
  const { ports, request, reply } = context;
  const asset = await requireAccess(context, permission, [id])
    .then(() => findAsset(ports.db, id))
    .catch((error: unknown) => {
      if (isDarkroomError(error, 'access/denied')) return undefined;
      throw error;
    });
  if (asset === undefined) throw new DarkroomError('resource/not-found', 'Not Found');
  const key = asset.originalPath;
  const mimeType = await typeOf(ports.store, key, asset.originalFileName);
  await sendObject(ports.store, request, reply, { key, mimeType, fileName: asset.originalFileName });
}

const headBytes = 4096;

/** The name distinguishes formats with the same signature (RAW is TIFF); if name and bytes contradict, the bytes decide. */
async function typeOf(store: Pick<Store, 'find' | 'read'>, key: string, fileName: string): Promise<string> {
  const object = await store.find(key);
  if (object === undefined) throw new DarkroomError('resource/not-found', 'Not Found');
  if (object.sizeBytes === 0) return 'application/octet-stream';
  const head: Buffer[] = [];
  const range = { start: 0, end: Math.min(headBytes, object.sizeBytes) - 1 };
  for await (const chunk of await store.read(key, range)) head.push(chunk as Buffer);
  const detected = detectFormat(Buffer.concat(head));
  const named = findFormat(fileName);
  if (detected === undefined) return named?.kind === 'video' ? named.mimeType : 'application/octet-stream';
  return named !== undefined && named.kind === detected.kind && named.support === 'later'
    ? named.mimeType
    : detected.mimeType;
}
