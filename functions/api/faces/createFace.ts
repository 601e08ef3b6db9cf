import { z } from 'zod';
import { addDrawnFace } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readPerson } from '../people/read-person.ts';

const pixels = z.number().min(0).max(1_000_000);
const edge = pixels.int().min(1);

const createFaceBody = z
  .object({
    assetId: z.uuid(),
    personId: z.uuid(),
    imageWidth: edge,
    imageHeight: edge,
    x: pixels,
    y: pixels,
    width: pixels.min(1),
    height: pixels.min(1),
  })
  .refine((it) => it.x + it.width <= it.imageWidth + 1 && it.y + it.height <= it.imageHeight + 1, {
    message: 'The face must lie in the image',
    path: ['x'],
  }) satisfies z.ZodType<BodyOf<'createFace'>>;

/** Creates a face that the user drew, and assigns it to a person. */
export const createFace = operation('createFace', {
  method: 'POST',
  path: '/faces',
  auth: 'user',
  permission: 'face.create',
  status: 201,
  body: createFaceBody,
  handler: async (context, { body }) => {
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
  },
});
