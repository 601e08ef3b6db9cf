import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requestSyncReset } from '#shared/users/session.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { serializeSession } from './serialize-session.ts';

const updateSessionBody = z.object({
  isPendingSyncReset: z.boolean().exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateSession'>>;

/** Makes one of the caller's devices fetch everything again at its next sync. */
export const updateSession = operation('updateSession', {
  method: 'PUT',
  path: '/sessions/:id',
  auth: 'user',
  permission: 'session.update',
  patchAlias: true,
  status: 200,
  params: lowerCaseIdParams,
  body: updateSessionBody,
  handler: async ({ ports: { db }, auth }, { params: { id }, body: { isPendingSyncReset } }) => {
    if (isPendingSyncReset === undefined) throw new DarkroomError('input/invalid', 'No fields to update');
    const session = await requestSyncReset(db, id, auth.user.id, isPendingSyncReset);
    if (session === undefined) throw new DarkroomError('access/denied', 'Not found or no session.update access');
    return serializeSession(session, auth.session?.id);
  },
});
