import { z } from 'zod';
import { permissions } from '#shared/auth/permissions.ts';
import type { BodyOf } from '../contract.ts';

const name = z.string().max(1000).exactOptional();
const granted = z.array(z.enum(permissions)).min(1).max(permissions.length);

export const createApiKeyBody = z.object({ name, permissions: granted }) satisfies z.ZodType<BodyOf<'createApiKey'>>;

export const updateApiKeyBody = z.object({
  name,
  permissions: granted.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateApiKey'>>;
