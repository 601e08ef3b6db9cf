import { listAssetsByChecksum } from '#shared/db/queries/asset.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { parseChecksum } from './checksum.ts';

type Answer = ResponseOf<'checkBulkUpload'>;

/** Says of each file, in the order of the request, whether its owner has the same bytes already, be it in the trash. */
export async function checkBulkUpload(
  { ports, auth }: RequestContext,
  { assets }: BodyOf<'checkBulkUpload'>,
): Promise<Answer> {
  const asked = assets.map(({ id, checksum }) => ({ id, checksum: parseChecksum(checksum) ?? Buffer.alloc(0) }));
  const found = await listAssetsByChecksum(
    ports.db,
    auth.user.id,
    asked.map((it) => it.checksum),
  );
  const byChecksum = new Map(found.map((asset) => [asset.checksum.toString('hex'), asset]));
  return {
    results: asked.map(({ id, checksum }) => {
      const existing = byChecksum.get(checksum.toString('hex'));
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
}
