import { z } from 'zod';
import { queryFlag } from '../assets/schemas.ts';
import type { BodyOf } from '../contract.ts';

const ids = z.array(z.uuid()).max(100_000);

/** Nothing at all (`''`) is the same as `null`: the field is cleared. */
const clearable = <T extends z.ZodType<string>>(schema: T) =>
  z.preprocess((it) => (it === '' ? null : it), schema.nullable()).exactOptional();

const birthDate = clearable(
  z.iso.date().refine((it) => it <= tomorrow(), { message: 'Birth date cannot be in the future' }),
);
/** Where it is a day later already, today is there. */
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

const color = clearable(
  z
    .string()
    .regex(/^#?(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i, 'Must be a color like #336699')
    .transform((it) => (it.startsWith('#') ? it : `#${it}`)),
);

const details = {
  name: z.string().max(1000).exactOptional(),
  birthDate,
  color,
  isFavorite: z.boolean().exactOptional(),
  isHidden: z.boolean().exactOptional(),
};
const changes = { ...details, featureFaceAssetId: z.uuid().exactOptional() };

export const personParams = z.object({ id: z.uuid() });

export const peopleQuery = z.object({
  closestAssetId: z.uuid().optional(),
  closestPersonId: z.uuid().optional(),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1000).default(500),
  withHidden: queryFlag.default(false),
});

export const createPersonBody = z.object(details) satisfies z.ZodType<BodyOf<'createPerson'>>;
export const updatePersonBody = z.object(changes) satisfies z.ZodType<BodyOf<'updatePerson'>>;
export const updatePeopleBody = z.object({
  people: z.array(z.object({ id: z.uuid(), ...changes })).max(10_000),
}) satisfies z.ZodType<BodyOf<'updatePeople'>>;
export const peopleIdsBody = z.object({ ids }) satisfies z.ZodType<BodyOf<'deletePeople'>>;
export const reassignFacesBody = z.object({
  data: z.array(z.object({ assetId: z.uuid(), personId: z.uuid() })).max(10_000),
}) satisfies z.ZodType<BodyOf<'reassignFaces'>>;
