import { z } from 'zod';
import { removeFace } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { idParams } from '../http/fields.ts';

const deleteFaceBody = z.object({ force: z.boolean() }) satisfies z.ZodType<BodyOf<'deleteFace'>>;

/** Removes a face. Without `force` its row is kept, so that detection does not add it again. */
export const deleteFace = operation('deleteFace', {
  method: 'DELETE',
  path: '/faces/:id',
  auth: 'user',
  permission: 'face.delete',
  status: 204,
  params: idParams,
  body: deleteFaceBody,
  handler: async (context, { params: { id }, body: { force } }) => {
    await requireAccess(context, 'face.delete', [id]);
    await removeFace(context.ports.db, id, force ? 'forgotten' : 'hidden');
    context.ports.relay.kick();
  },
});
