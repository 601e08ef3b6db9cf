import { beginRemoval, listAccountsToRemove } from '#shared/accounts/account.ts';
import { deletePeopleWithoutFaces } from '#shared/people/place-face.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { removeAccount, restorableDays } from '#shared/accounts/remove-account.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import { removePortraits } from '../people/remove-portraits.ts';
import type { RequestContext } from '../route.ts';

export type JobName = BodyOf<'createJob'>['name'];

const integrity =
  'each night goes on comparing the store with the database, see `darkroom admin store status`; `darkroom admin verify` compares all at once';

/** Why Darkroom does not run a job by hand. */
const notHere: Partial<Record<JobName, string>> = {
  'tag-cleanup': 'there are no tags yet',
  'memory-cleanup': 'there are no memories yet',
  'memory-create': 'there are no memories yet',
  'backup-database': 'the database is backed up from outside; docs/operations.md says how',
};

/** Runs by hand what Darkroom has of the jobs that can be; the others say why not. @throws operation/not-yet */
export async function createJob(
  { ports }: RequestContext,
  { name }: BodyOf<'createJob'>,
): Promise<ResponseOf<'createJob'>> {
  if (name === 'person-cleanup') await removePortraits(ports, await deletePeopleWithoutFaces(ports.db));
  else if (name === 'user-cleanup') await removeClosedAccounts(ports);
  else throw new DarkroomError('operation/not-yet', `${name} cannot be run: ${notHere[name] ?? integrity}`);
}

async function removeClosedAccounts(ports: RequestContext['ports']): Promise<void> {
  for (const userId of await listAccountsToRemove(ports.db, restorableDays)) {
    await beginRemoval(ports.db, userId);
    await removeAccount(ports, userId);
  }
  ports.relay.kick();
}
