import { listFacesOfPerson, moveFaces } from '#shared/people/place-face.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { readPerson } from './people.ts';
import { serializePerson, type PersonResponse } from './serialize.ts';

/** Gives this person the faces that others have on some assets; answers with the person once for each face. */
export async function reassignFaces(
  context: RequestContext,
  id: string,
  { data }: BodyOf<'reassignFaces'>,
): Promise<ResponseOf<'reassignFaces'>> {
  const person = await readPerson(context, 'person.update', id);
  const { db, relay } = context.ports;
  const faceIds: string[] = [];
  for (const { personId, assetId } of data) {
    for (const face of await listFacesOfPerson(db, personId, assetId)) faceIds.push(face.id);
  }
  await requireAccess(context, 'person.create', faceIds);
  await moveFaces(db, faceIds, person);
  relay.kick();
  const now = serializePerson(await readPerson(context, 'person.update', id));
  return faceIds.map(() => now);
}

/** Gives one face to a person. */
export async function reassignFacesById(
  context: RequestContext,
  personId: string,
  { id: faceId }: BodyOf<'reassignFacesById'>,
): Promise<PersonResponse> {
  const person = await readPerson(context, 'person.update', personId);
  await requireAccess(context, 'person.create', [faceId]);
  await moveFaces(context.ports.db, [faceId], person);
  context.ports.relay.kick();
  return serializePerson(await readPerson(context, 'person.update', personId));
}
