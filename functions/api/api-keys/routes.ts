import { route, type Operations } from '../route.ts';
import { idParams as params } from '../users/schemas.ts';
import { createApiKey } from './createApiKey.ts';
import { deleteApiKey } from './deleteApiKey.ts';
import { getApiKey } from './getApiKey.ts';
import { getApiKeys } from './getApiKeys.ts';
import { getMyApiKey } from './getMyApiKey.ts';
import { rotateApiKey } from './rotateApiKey.ts';
import { createApiKeyBody, updateApiKeyBody } from './schemas.ts';
import { updateApiKey } from './updateApiKey.ts';

export const apiKeysRoutes = {
  getApiKeys: route({ method: 'GET', path: '/api-keys', auth: 'user', permission: 'apiKey.read', status: 200, handler: getApiKeys }),
  createApiKey: route({ method: 'POST', path: '/api-keys', auth: 'user', permission: 'apiKey.create', status: 201, body: createApiKeyBody, handler: createApiKey }),
  getMyApiKey: route({ method: 'GET', path: '/api-keys/me', auth: 'user', anyScope: true, status: 200, handler: getMyApiKey }),
  deleteApiKey: route({ method: 'DELETE', path: '/api-keys/:id', auth: 'user', permission: 'apiKey.delete', status: 204, params, handler: deleteApiKey }),
  getApiKey: route({ method: 'GET', path: '/api-keys/:id', auth: 'user', permission: 'apiKey.read', status: 200, params, handler: getApiKey }),
  updateApiKey: route({ method: 'PUT', path: '/api-keys/:id', auth: 'user', permission: 'apiKey.update', patchAlias: true, status: 200, params, body: updateApiKeyBody, handler: updateApiKey }),
  rotateApiKey: route({ method: 'POST', path: '/api-keys/:id/rotate', auth: 'user', permission: 'apiKey.rotate', status: 201, params, handler: rotateApiKey }),
} satisfies Partial<Operations>; // prettier-ignore
