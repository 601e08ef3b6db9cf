import { z } from 'zod';
import { editAsset } from '#shared/assets/asset-details.ts';
import { idList } from '../http/fields.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { toEdit } from './asset-edit.ts';
import { bothOrNeither, changes, positionIssue } from './asset-schemas.ts';

const updateAssetsBody = z
  .object({
    ...changes,
    ids: idList,
    /** Minutes. */
    dateTimeRelative: z.int().optional(),
    duplicateId: z.uuid().nullable().optional(),
    timeZone: z.string().min(1).max(64).optional(),
  })
  .refine(bothOrNeither, positionIssue);

export const updateAssets = operation('updateAssets', {
  method: 'PUT',
  path: '/assets',
  auth: 'user',
  permission: 'asset.update',
  patchAlias: true,
  status: 204,
  body: updateAssetsBody,
  handler: async (context, { body: { ids, ...changes } }) => {
    await requireAccess(context, 'asset.update', ids);
    await editAsset(context.ports.db, ids, await toEdit(changes));
  },
});
