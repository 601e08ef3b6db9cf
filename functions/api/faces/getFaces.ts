import { z } from 'zod';
import { listFacesOf } from '#shared/people/asset-face.ts';
import { listPeopleById } from '#shared/people/person.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { serializePerson } from '../people/serialize-person.ts';

const facesQuery = z.object({ id: z.uuid() });

/** Lists the faces on an asset. Their persons are visible only to the owner of the person. */
export const getFaces = operation('getFaces', {
  method: 'GET',
  path: '/faces',
  auth: 'user',
  permission: 'face.read',
  status: 200,
  query: facesQuery,
  handler: async (context, { query: { id: assetId } }) => {
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
  },
});
