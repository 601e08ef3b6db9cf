import { extname } from 'node:path';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { createAsset, findAssetByChecksum, type Created } from '#shared/db/queries/create-asset.ts';
import { findMotionPartFault, hideMotionPart } from '#shared/db/queries/live-photo.ts';
import { reviveOriginal } from '#shared/db/queries/original.ts';
import type { User } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { findFormat } from '#shared/media/formats.ts';
import { originalKey } from '#shared/store/asset-keys.ts';
import type { ResponseOf } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import type { RequestContext } from '../route.ts';
import { parseChecksum } from './checksum.ts';
import { motionPartError } from './motion-part-error.ts';
import { readUploadForm } from './read-upload-form.ts';
import { receiveOriginal, type ReceivedOriginal } from './receive-original.ts';
import { parseUploadFields, type UploadFields } from './upload-fields.ts';

type Answer = ResponseOf<'uploadAsset'>;

/** An upload whose whole body has arrived, not yet decided on. */
interface Arrived {
  assetId: string;
  ownerId: string;
  original: ReceivedOriginal;
  fields: UploadFields;
  assetType: 'IMAGE' | 'VIDEO';
  sidecar: Buffer | undefined;
}

/**
 * Takes a photo or video. When it answers 201 the bytes are durable, the row is committed and it will be processed,
 * whatever dies next; 200 says that the owner has the same bytes already.
 */
export async function uploadAsset({ ports, auth, request, reply }: RequestContext): Promise<Answer> {
  const ownerId = auth.user.id;
  const announced = parseChecksum(request.headers['x-immich-checksum']);
  const known = announced && (await findKept(ports, ownerId, announced));
  const answer = known === undefined ? await takeUpload(ports, request.raw, auth.user, announced) : duplicateOf(known);
  reply.status(answer.status === 'created' ? 201 : 200);
  crashPoint('upload/before-reply');
  return answer;
}

/** The asset that has these bytes already. One whose file is gone has them no more: it takes them from the upload. */
async function findKept({ db }: ApiPorts, ownerId: string, checksum: Buffer): Promise<string | undefined> {
  const asset = await findAssetByChecksum(db, ownerId, checksum);
  return asset?.isOffline === false ? asset.id : undefined;
}

const duplicateOf = (id: string): Answer => ({ id, status: 'duplicate' });

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
    const { fields: texts, sidecar } = await readUploadForm(body, async (bytes, fileName, before) => {
      partName = fileName;
      const extension = findFormat(before.get('filename') ?? fileName) && extname(before.get('filename') ?? fileName);
      const key = originalKey(ownerId, assetId, extension?.slice(1).toLowerCase() ?? 'bin');
      original = await receiveOriginal(
        { ...ports, leaseSeconds: ports.config.DARKROOM_LEASE_SECONDS },
        { key, assetId, ownerId, bytes, sizeBytesMax },
      );
    });
    if (original === undefined) throw new DarkroomError('internal', 'The form ended without its file');
    const fields = parseUploadFields(texts, partName);
    const format = findFormat(fields.fileName);
    if (format === undefined || format.kind === 'sidecar') {
      throw new DarkroomError('input/invalid', `Unsupported file type ${fields.fileName}`);
    }
    if (original.sizeBytes === 0) throw new DarkroomError('input/invalid', 'The file is empty');
    if (announced !== undefined && !announced.equals(original.checksum)) {
      throw new DarkroomError('input/invalid', 'The bytes do not match x-immich-checksum');
    }
    const assetType = format.kind === 'video' ? 'VIDEO' : 'IMAGE';
    return await keepUpload(ports, { assetId, ownerId, original, fields, assetType, sidecar });
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) await original?.discard().catch(() => {});
    throw error instanceof OutcomeUnknown ? error.cause : error;
  } finally {
    original?.end();
  }
}

/** As the owner's row was when the request began; the transaction at the end looks again. */
function countBytesLeft({ quotaSizeInBytes, quotaUsageInBytes }: User): number {
  return quotaSizeInBytes === null ? Number.MAX_SAFE_INTEGER : quotaSizeInBytes - quotaUsageInBytes;
}

/**
 * The transaction may or may not have been committed. Its bytes must stay: if it was, they are an asset's; if not, a
 * sweep removes them with their reservation.
 */
class OutcomeUnknown extends Error {}

async function keepUpload(ports: ApiPorts, arrived: Arrived): Promise<Answer> {
  const { db, store, relay } = ports;
  const { ownerId, original, fields, sidecar } = arrived;
  const existing = await findKept(ports, ownerId, original.checksum);
  if (existing !== undefined) {
    await original.discard();
    return duplicateOf(existing);
  }
  const { livePhotoVideoId } = fields;
  const fault = livePhotoVideoId === undefined ? undefined : await findMotionPartFault(db, livePhotoVideoId, ownerId);
  if (fault !== undefined) throw motionPartError(fault);
  await original.commit();
  const sidecarPath = sidecar === undefined ? undefined : `${original.key}.xmp`;
  if (sidecar !== undefined && sidecarPath !== undefined) await store.put(sidecarPath, sidecar);
  crashPoint('upload/after-rename');
  const created = await createRow(ports, arrived, sidecarPath);
  crashPoint('upload/after-commit');
  switch (created.outcome) {
    case 'created':
      if (livePhotoVideoId !== undefined) await hideMotionPart(db, livePhotoVideoId);
      relay.kick();
      return { id: arrived.assetId, status: 'created' };
    case 'duplicate':
      if (created.isOffline && (await revive(ports, original, created.assetId))) return duplicateOf(created.assetId);
      await discardWithSidecar(ports, original, sidecarPath);
      return duplicateOf(created.assetId);
    case 'quota-exceeded':
      await discardWithSidecar(ports, original, sidecarPath);
      throw new DarkroomError('quota/exceeded');
    case 'lost':
      throw tookTooLong();
  }
}

const tookTooLong = () =>
  new DarkroomError('store/unavailable', 'The upload took too long and was taken back; send it again');

async function revive({ db, store, relay }: ApiPorts, original: ReceivedOriginal, assetId: string): Promise<boolean> {
  const { key, sizeBytes } = original;
  const revived = await reviveOriginal(db, assetId, { store: store.kind, key, sizeBytes }).catch((cause: unknown) => {
    throw new OutcomeUnknown('revive asset', { cause });
  });
  if (revived === 'lost') throw tookTooLong();
  relay.kick();
  return revived === 'revived';
}

async function createRow({ db, store }: ApiPorts, arrived: Arrived, sidecarPath: string | undefined): Promise<Created> {
  const { assetId, ownerId, original, fields, assetType } = arrived;
  try {
    return await createAsset(db, {
      store: store.kind,
      origin: { kind: 'reserved' },
      sidecarPath,
      metadata: fields.metadata,
      asset: {
        id: assetId,
        ownerId,
        type: assetType,
        visibility: fields.visibility,
        checksum: original.checksum,
        originalPath: original.key,
        originalFileName: fields.fileName,
        fileSizeInByte: original.sizeBytes,
        fileCreatedAt: fields.fileCreatedAt,
        fileModifiedAt: fields.fileModifiedAt,
        localDateTime: fields.fileCreatedAt,
        isFavorite: fields.isFavorite,
        duration: fields.duration ?? null,
        livePhotoVideoId: fields.livePhotoVideoId ?? null,
      },
    });
  } catch (cause) {
    throw new OutcomeUnknown('create asset', { cause });
  }
}

async function discardWithSidecar(
  { store }: ApiPorts,
  original: ReceivedOriginal,
  sidecarPath: string | undefined,
): Promise<void> {
  if (sidecarPath !== undefined) await store.delete(sidecarPath);
  await original.discard();
}
