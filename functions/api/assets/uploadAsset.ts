import { extname } from 'node:path';
import { crashPoint } from '#shared/crash/crash-point.ts';
import type { User } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { findFormat } from '#shared/media/formats.ts';
import { originalKey } from '#shared/store/asset-keys.ts';
import { sidecarOf } from '#shared/store/sidecar-name.ts';
import type { ApiPorts } from '../http/api-ports.ts';
import type { ResponseOf } from '../http/contract.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { parseChecksum } from './checksum.ts';
import { keepUpload } from './keep-upload.ts';
import { findBytes } from './kept-original.ts';
import { readUploadForm } from './read-upload-form.ts';
import { type ReceivedOriginal, receiveOriginal } from './receive-original.ts';
import { parseUploadFields } from './upload-fields.ts';

type Answer = ResponseOf<'uploadAsset'>;

/**
 * Stores a photo or video. A 201 means that the bytes are durable and the asset is committed with its event; a 200 means
 * that the owner has an asset with the same bytes, and that Darkroom keeps them.
 */
export const uploadAsset = operation('uploadAsset', {
  method: 'POST',
  path: '/assets',
  auth: 'user',
  permission: 'asset.upload',
  sharedLink: true,
  accepts: 'multipart',
  status: 201,
  handler: async ({ ports, auth, request, reply }) => {
    const announced = parseChecksum(request.headers['x-immich-checksum']);
    const known = announced && (await findBytes(ports, auth.user.id, announced));
    const answer: Answer =
      known?.state === 'kept'
        ? { id: known.assetId, status: 'duplicate' }
        : await takeUpload(ports, request.raw, auth.user, announced);
    reply.status(answer.status === 'created' ? 201 : 200);
    crashPoint('upload/before-reply');
    return answer;
  },
});

async function takeUpload(
  ports: ApiPorts,
  body: RequestContext['request']['raw'],
  owner: User,
  announced: Buffer | undefined,
): Promise<Answer> {
  const assetId = newId();
  const ownerId = owner.id;
  const sizeBytesMax = countBytesLeft(owner);
  let original: ReceivedOriginal | undefined;
  let partName = '';
  try {
    const form = await readUploadForm(body, async (bytes, fileName, before) => {
      partName = fileName;
      const extension = findFormat(before.get('filename') ?? fileName) && extname(before.get('filename') ?? fileName);
      const key = originalKey(ownerId, assetId, extension?.slice(1).toLowerCase() ?? 'bin');
      original = await receiveOriginal(
        { ...ports, leaseSeconds: ports.config.DARKROOM_LEASE_SECONDS },
        { key, assetId, ownerId, bytes, sizeBytesMax },
      );
    });
    if (original === undefined) throw new DarkroomError('internal', 'The form ended without its file');
    const fields = parseUploadFields(form.fields, partName);
    const format = findFormat(fields.fileName);
    if (format === undefined || format.kind === 'sidecar') {
      throw new DarkroomError('input/invalid', `Unsupported file type ${fields.fileName}`);
    }
    if (original.sizeBytes === 0) throw new DarkroomError('input/invalid', 'The file is empty');
    if (announced !== undefined && !announced.equals(original.checksum)) {
      throw new DarkroomError('input/invalid', 'The bytes do not match x-immich-checksum');
    }
    const assetType = format.kind === 'video' ? 'VIDEO' : 'IMAGE';
    const sidecar = form.sidecar && { key: sidecarOf(original.key), bytes: form.sidecar };
    return await keepUpload(ports, { assetId, ownerId, original, fields, assetType, sidecar });
  } catch (error) {
    await original?.discard().catch(() => {});
    throw error;
  } finally {
    original?.end();
  }
}

/** What is left of the quota at the start of the request; the final statement checks the quota again. */
function countBytesLeft({ quotaSizeInBytes, quotaUsageInBytes }: User): number {
  return quotaSizeInBytes === null ? Number.MAX_SAFE_INTEGER : quotaSizeInBytes - quotaUsageInBytes;
}
