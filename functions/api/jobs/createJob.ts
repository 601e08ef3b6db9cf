import { z } from 'zod';
import { beginRemoval, listAccountsToRemove } from '#shared/accounts/account.ts';
import { removeAccount, restorableDays } from '#shared/accounts/remove-account.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { deletePeopleWithoutFaces } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { removePortraits } from '../people/remove-portraits.ts';

const createJobBody = z.object({
  name: z.enum([
    'person-cleanup',
    'tag-cleanup',
    'user-cleanup',
    'memory-cleanup',
    'memory-create',
    'backup-database',
    'integrity-missing-files',
    'integrity-untracked-files',
    'integrity-checksum-mismatch',
    'integrity-missing-files-refresh',
    'integrity-untracked-files-refresh',
    'integrity-checksum-mismatch-refresh',
    'integrity-missing-files-delete-all',
    'integrity-untracked-files-delete-all',
    'integrity-checksum-mismatch-delete-all',
  ]),
}) satisfies z.ZodType<BodyOf<'createJob'>>;

type JobName = BodyOf<'createJob'>['name'];

const integrity =
  'each night goes on comparing the store with the database, see `darkroom admin store status`; `darkroom admin verify` compares all at once';

/** Why a job cannot be run manually. */
const notHere: Partial<Record<JobName, string>> = {
  'tag-cleanup': 'there are no tags yet',
  'memory-cleanup': 'there are no memories yet',
  'memory-create': 'there are no memories yet',
  'backup-database': 'the database is backed up from outside; docs/operations.md says how',
};

/** Runs a manual job. @throws operation/not-implemented with the reason, for jobs that Darkroom does not have */
export const createJob = operation('createJob', {
  method: 'POST',
  path: '/jobs',
  auth: 'admin',
  permission: 'job.create',
  status: 204,
  body: createJobBody,
  handler: async ({ ports }, { body: { name } }) => {
    if (name === 'person-cleanup') await removePortraits(ports, await deletePeopleWithoutFaces(ports.db));
    else if (name === 'user-cleanup') await removeClosedAccounts(ports);
    else throw new DarkroomError('operation/not-implemented', `${name} cannot be run: ${notHere[name] ?? integrity}`);
  },
});

async function removeClosedAccounts(ports: RequestContext['ports']): Promise<void> {
  for (const userId of await listAccountsToRemove(ports.db, restorableDays)) {
    await beginRemoval(ports.db, userId);
    await removeAccount(ports, userId);
  }
  ports.relay.kick();
}
