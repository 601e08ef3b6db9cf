import { permissions as allPermissions, type Permission } from '#shared/auth/permissions.ts';
import type { ApiKey } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';

export type ApiKeyResponse = ResponseOf<'getApiKey'>;

const known = new Set<string>(allPermissions);
const isPermission = (text: string): text is Permission => known.has(text);

/** A key without its secret. */
export function serializeApiKey({ id, name, permissions, createdAt, updatedAt }: ApiKey): ApiKeyResponse {
  return {
    id,
    name,
    permissions: permissions.filter(isPermission),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** A key with its secret, for the one response that shows it. */
export function serializeNewApiKey(key: ApiKey, secret: string): ResponseOf<'createApiKey'> {
  const apiKey = serializeApiKey(key);
  return { ...apiKey, apiKey, secret };
}
