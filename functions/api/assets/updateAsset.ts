import { z } from 'zod';
import { editAsset, findAssetDetails, relinkMotionPart } from '#shared/assets/asset-details.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { toEdit } from './asset-edit.ts';
import { motionPartError } from './motion-part-error.ts';
import { bothOrNeither, changes, positionIssue } from './asset-schemas.ts';
import { idParams } from '../http/fields.ts';
import { serializeAssetDetails } from './serialize-asset.ts';

const updateAssetBody = z
  .object({ ...changes, livePhotoVideoId: z.uuid().nullable().optional() })
  .refine(bothOrNeither, positionIssue);

export const updateAsset = operation('updateAsset', {
  method: 'PUT',
  path: '/assets/:id',
  auth: 'user',
  permission: 'asset.update',
  patchAlias: true,
  status: 200,
  params: idParams,
  body: updateAssetBody,
  handler: async (context, { params: { id }, body: changes }) => {
    await requireAccess(context, 'asset.update', [id]);
    const { db } = context.ports;
    const { livePhotoVideoId } = changes;
    const edit = await toEdit(changes);
    if (livePhotoVideoId === undefined) {
      await editAsset(db, [id], edit);
    } else {
      const photo = { id, ownerId: context.auth.user.id };
      const fault = await relinkMotionPart(db, photo, { ...edit, livePhotoVideoId });
      if (fault !== undefined) throw motionPartError(fault);
    }
    const details = await findAssetDetails(db, id);
    if (details === undefined) throw new DarkroomError('access/denied', 'Not found or no asset.update access');
    return serializeAssetDetails(details, context.auth.user.id);
  },
});
