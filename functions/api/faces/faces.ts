import { listFacesOf } from '#shared/people/asset-face.ts';
import { listPeopleById } from '#shared/people/person.ts';
import { addDrawnFace, removeFace } from '#shared/people/place-face.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import { readPerson } from '../people/people.ts';
import { serializePerson } from '../people/serialize.ts';
import type { RequestContext } from '../route.ts';

/** The faces on an asset. Whose they are is told only to the owner of the person. */
export async function getFaces(context: RequestContext, assetId: string): Promise<ResponseOf<'getFaces'>> {
  await requireAccess(context, 'asset.read', [assetId]);
  const { db } = context.ports;
  const faces = await listFacesOf(db, assetId);
  const people = await listPeopleById(
    db,
    faces.flatMap((face) => face.personId ?? []),
  );
  return faces.map((face) => {
    const person = people.find((it) => it.id === face.personId && it.ownerId === context.auth.user.id);
    return {
      id: face.id,
      imageWidth: face.imageWidth,
      imageHeight: face.imageHeight,
      boundingBoxX1: face.boundingBoxX1,
      boundingBoxY1: face.boundingBoxY1,
      boundingBoxX2: face.boundingBoxX2,
      boundingBoxY2: face.boundingBoxY2,
      sourceType: face.sourceType,
      person: person === undefined ? null : serializePerson(person),
    };
  });
}

/** Writes a face that the user drew, as a person's. */
export async function createFace(context: RequestContext, body: BodyOf<'createFace'>): Promise<void> {
  await requireAccess(context, 'asset.update', [body.assetId]);
  const person = await readPerson(context, 'person.read', body.personId);
  const { assetId, imageWidth, imageHeight, x, y, width, height } = body;
  await addDrawnFace(context.ports.db, person, {
    assetId,
    imageWidth,
    imageHeight,
    boundingBoxX1: Math.round(x),
    boundingBoxY1: Math.round(y),
    boundingBoxX2: Math.min(Math.round(x + width), imageWidth),
    boundingBoxY2: Math.min(Math.round(y + height), imageHeight),
  });
  context.ports.relay.kick();
}

/** Removes a face; without `force` it is remembered, so that it is not found again. */
export async function deleteFace(context: RequestContext, id: string, { force }: BodyOf<'deleteFace'>): Promise<void> {
  await requireAccess(context, 'face.delete', [id]);
  await removeFace(context.ports.db, id, force ? 'forgotten' : 'hidden');
  context.ports.relay.kick();
}
