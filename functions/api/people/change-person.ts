import { findAsset } from '#shared/assets/asset.ts';
import type { Person } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import * as people from '#shared/people/person.ts';
import { setFeatureFace } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import type { RequestContext } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readPerson } from './read-person.ts';
import { serializePerson, type PersonResponse } from './serialize-person.ts';

/** Changes a person; with `featureFaceAssetId` the portrait is made again from the face on that asset. */
export async function changePerson(
  context: RequestContext,
  id: string,
  { featureFaceAssetId, ...changes }: BodyOf<'updatePerson'>,
): Promise<PersonResponse> {
  const person = await readPerson(context, 'person.update', id);
  if (featureFaceAssetId !== undefined) await changePortrait(context, person, featureFaceAssetId);
  const updated = await people.updatePerson(context.ports.db, id, changes);
  if (updated === undefined) throw new DarkroomError('access/denied', 'Not found or no person.update access');
  return serializePerson(updated);
}

async function changePortrait(context: RequestContext, person: Person, assetId: string): Promise<void> {
  await requireAccess(context, 'asset.read', [assetId]);
  const { db, relay } = context.ports;
  if ((await findAsset(db, assetId))?.isOffline === true)
    throw new DarkroomError('input/invalid', 'An offline asset cannot be used for feature face');
  if (!(await setFeatureFace(db, person, assetId)))
    throw new DarkroomError('input/invalid', 'Invalid assetId for feature face');
  relay.kick();
}
