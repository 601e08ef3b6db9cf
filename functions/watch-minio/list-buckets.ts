import type { ListingScope } from '#shared/scans/bucket-listing.ts';
import { defaultSliceMs, listBucket, type ListingOptions } from './list-bucket.ts';
import type { ListingPorts } from './listing-slice.ts';

/**
 * Lists one bucket after the other, each for its share of the slice; a failing bucket does not stop the others. Returns
 * the first bucket that is not finished, if any.
 * @throws the error of the first failing bucket, after all were listed
 */
export async function listBuckets(
  ports: ListingPorts,
  watched: readonly ListingScope[],
  signal: AbortSignal,
  { sliceMs = defaultSliceMs, ...options }: ListingOptions = {},
): Promise<{ unfinished: string | undefined }> {
  const failures: unknown[] = [];
  let unfinished: string | undefined;
  for (const scope of watched) {
    try {
      const { outcome } = await listBucket(ports, scope, signal, { ...options, sliceMs: sliceMs / watched.length });
      if (outcome === 'unfinished') unfinished ??= scope.bucket;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { unfinished };
}
