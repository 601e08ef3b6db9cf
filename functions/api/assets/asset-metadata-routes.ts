import { z } from 'zod';
import type { BodyOf } from '../contract.ts';
import { route, type Operations } from '../route.ts';
import {
  deleteAssetMetadata,
  deleteBulkAssetMetadata,
  getAssetMetadata,
  getAssetMetadataByKey,
  updateAssetMetadata,
  updateBulkAssetMetadata,
} from './asset-metadata.ts';
import { assetParams } from './schemas.ts';

const key = z.string().min(1).max(255);
const item = { key, value: z.record(z.string(), z.json()) };
const itemsMax = 10_000;

const keyParams = z.object({ id: z.uuid(), key });
const itemsBody = z.object({ items: z.array(z.object(item)).max(itemsMax) }) satisfies z.ZodType<
  BodyOf<'updateAssetMetadata'>
>;
const bulkItemsBody = z.object({
  items: z.array(z.object({ assetId: z.uuid().toLowerCase(), ...item })).max(itemsMax),
}) satisfies z.ZodType<BodyOf<'updateBulkAssetMetadata'>>;
const bulkKeysBody = z.object({
  items: z.array(z.object({ assetId: z.uuid().toLowerCase(), key })).max(itemsMax),
}) satisfies z.ZodType<BodyOf<'deleteBulkAssetMetadata'>>;

export const assetMetadataRoutes = {
  deleteBulkAssetMetadata: route({
    method: 'DELETE',
    path: '/assets/metadata',
    auth: 'user',
    permission: 'asset.update',
    status: 204,
    body: bulkKeysBody,
    handler: (context, { body }) => deleteBulkAssetMetadata(context, body),
  }),
  updateBulkAssetMetadata: route({
    method: 'PUT',
    path: '/assets/metadata',
    auth: 'user',
    permission: 'asset.update',
    status: 200,
    body: bulkItemsBody,
    handler: (context, { body }) => updateBulkAssetMetadata(context, body),
  }),
  getAssetMetadata: route({
    method: 'GET',
    path: '/assets/:id/metadata',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
    params: assetParams,
    handler: (context, { params }) => getAssetMetadata(context, params.id),
  }),
  updateAssetMetadata: route({
    method: 'PUT',
    path: '/assets/:id/metadata',
    auth: 'user',
    permission: 'asset.update',
    status: 200,
    params: assetParams,
    body: itemsBody,
    handler: (context, { params, body }) => updateAssetMetadata(context, params.id, body),
  }),
  deleteAssetMetadata: route({
    method: 'DELETE',
    path: '/assets/:id/metadata/:key',
    auth: 'user',
    permission: 'asset.update',
    status: 204,
    params: keyParams,
    handler: (context, { params }) => deleteAssetMetadata(context, params),
  }),
  getAssetMetadataByKey: route({
    method: 'GET',
    path: '/assets/:id/metadata/:key',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
    params: keyParams,
    handler: (context, { params }) => getAssetMetadataByKey(context, params),
  }),
} satisfies Partial<Operations>;
