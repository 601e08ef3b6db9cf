import { z } from 'zod';
import { permissions } from '#shared/auth/permissions.ts';

export const nameField = z.string().max(1000).exactOptional();

export const permissionsField = z.array(z.enum(permissions)).min(1).max(permissions.length);
