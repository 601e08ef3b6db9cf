import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

const pixels = z.number().min(0).max(1_000_000);
const edge = pixels.int().min(1);

export const facesQuery = z.object({ id: z.uuid() });
export const faceParams = z.object({ id: z.uuid() });
export const createFaceBody = z
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
export const deleteFaceBody = z.object({ force: z.boolean() }) satisfies z.ZodType<BodyOf<'deleteFace'>>;
export const faceBody = z.object({ id: z.uuid() }) satisfies z.ZodType<BodyOf<'reassignFacesById'>>;
