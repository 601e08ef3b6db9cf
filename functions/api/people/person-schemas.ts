import { z } from 'zod';

/** An empty text clears the field like `null`. */
const clearable = <T extends z.ZodType<string>>(schema: T) =>
  z.preprocess((it) => (it === '' ? null : it), schema.nullable()).exactOptional();

const birthDate = clearable(
  z.iso.date().refine((it) => it <= tomorrow(), { message: 'Birth date cannot be in the future' }),
);

/** The latest date that is today in some time zone. */
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

const color = clearable(
  z
    .string()
    .regex(/^#?(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i, 'Must be a color like #336699')
    .transform((it) => (it.startsWith('#') ? it : `#${it}`)),
);

export const personFields = {
  name: z.string().max(1000).exactOptional(),
  birthDate,
  color,
  isFavorite: z.boolean().exactOptional(),
  isHidden: z.boolean().exactOptional(),
};

export const personChanges = { ...personFields, featureFaceAssetId: z.uuid().exactOptional() };
