import { randomBytes } from 'node:crypto';
import * as apiKey from '#shared/users/api-key.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof apiKey> = {
  createApiKey: (db, { userId }) =>
    apiKey.createApiKey(db, { id: newId(), name: 'cli', key: randomBytes(32), userId, permissions: ['all'] }),
  findApiKeyByHash: (db) => apiKey.findApiKeyByHash(db, randomBytes(32)),
  findApiKey: (db, { userId }) => apiKey.findApiKey(db, newId(), userId),
  listApiKeys: (db, { userId }) => apiKey.listApiKeys(db, userId),
  updateApiKey: (db, { userId }) =>
    apiKey.updateApiKey(db, newId(), userId, { name: 'phone', permissions: ['all'], key: randomBytes(32) }),
  deleteApiKey: (db, { userId }) => apiKey.deleteApiKey(db, newId(), userId),
};
