import { z } from 'zod';
import { listAssetsByChecksum } from '#shared/assets/asset.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { parseChecksum } from './checksum.ts';
import { isOriginalKept } from './kept-original.ts';

const looksAtOnce = 32;

const bulkUploadCheckBody = z.object({
  assets: z.array(z.object({ id: z.string().max(32_768), checksum: z.string().max(64) })).max(100_000),
}) satisfies z.ZodType<BodyOf<'checkBulkUpload'>>;

/**
 * Reports for each file, in the order of the request, whether Darkroom already keeps the same bytes for the owner, in the
 * trash too. Checks the store as well, because a client may delete its own copy of a rejected file.
 */
export const checkBulkUpload = operation('checkBulkUpload', {
  method: 'POST',
  path: '/assets/bulk-upload-check',
  auth: 'user',
  permission: 'asset.upload',
  status: 200,
  body: bulkUploadCheckBody,
  handler: async ({ ports, auth }, { body: { assets } }) => {
    const asked = assets.map(({ id, checksum }) => ({ id, checksum: parseChecksum(checksum) ?? Buffer.alloc(0) }));
    const found = await listAssetsByChecksum(
      ports.db,
      auth.user.id,
      asked.map((it) => it.checksum),
    );
    const kept = new Map<string, (typeof found)[number]>();
    const left = found.values();
    const look = async () => {
      for (const asset of left) if (await isOriginalKept(ports, asset)) kept.set(asset.checksum.toString('hex'), asset);
    };
    await Promise.all(Array.from({ length: looksAtOnce }, look));
    return {
      results: asked.map(({ id, checksum }) => {
        const existing = kept.get(checksum.toString('hex'));
        if (existing === undefined) return { id, action: 'accept' };
        return {
          id,
          action: 'reject',
          reason: 'duplicate',
          assetId: existing.id,
          isTrashed: existing.status === 'trashed',
        };
      }),
    };
  },
});
