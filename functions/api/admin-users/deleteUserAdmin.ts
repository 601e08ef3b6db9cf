import { z } from 'zod';
import { beginRemoval } from '#shared/accounts/account.ts';
import { removeAccount } from '#shared/accounts/remove-account.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { softDeleteUser } from '#shared/users/user.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireUser, toUserAdmin } from './find-user-admin.ts';

const deleteUserBody = z.object({ force: z.boolean().exactOptional() }) satisfies z.ZodType<BodyOf<'deleteUserAdmin'>>;

/**
 * Closes an account, which can be restored until its retention time is over. With `force` it cannot be restored: deletion
 * events remove its assets, and the account goes with the last of them.
 */
export const deleteUserAdmin = operation('deleteUserAdmin', {
  method: 'DELETE',
  path: '/admin/users/:id',
  auth: 'admin',
  permission: 'adminUser.delete',
  status: 200,
  params: lowerCaseIdParams,
  body: deleteUserBody,
  handler: async ({ ports: { db, store, relay }, auth }, { params: { id }, body }) => {
    if (auth.user.id === id) throw new DarkroomError('auth/forbidden', 'Cannot delete your own account');
    const deleted = requireUser(body.force === true ? await beginRemoval(db, id) : await softDeleteUser(db, id));
    const answer = await toUserAdmin(db, deleted);
    if (body.force === true) {
      relay.kick();
      await removeAccount({ db, store }, id);
    }
    return answer;
  },
});
