import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { MinioBucket } from './minio-bucket.ts';
import { findS3Code } from './minio-errors.ts';
import { readTag, toQuery } from './minio-listing.ts';
import type { StoreKey } from './store.ts';

/**
 * Removes the object under a key if it has this etag. S3 compares the etag itself (If-Match); MinIO does not: in a
 * bucket with versions the object below the delete marker is checked afterwards, and restored if it has another etag.
 * @see the S3 API, DeleteObject
 */
export async function removeObjectVersion(bucket: MinioBucket, key: StoreKey, etag: string): Promise<boolean> {
  if ((await findEtag(bucket, key)) !== etag) return false;
  const marker = await bucket.run(key, async (client) => {
    const request = {
      method: 'DELETE',
      bucketName: bucket.name,
      objectName: key,
      headers: { 'if-match': `"${etag}"` },
    };
    const { headers } = await client.makeRequestAsync(request, '', [200, 204]).catch((error: unknown) => {
      if (findS3Code(error) === 'PreconditionFailed') return { headers: undefined };
      throw error;
    });
    return headers && { isVersioned: headers['x-amz-delete-marker'] === 'true', id: headers['x-amz-version-id'] };
  });
  if (marker === undefined) return false;
  if (!marker.isVersioned || typeof marker.id !== 'string') return true;
  return await settleHidden(bucket, key, { etag, markerId: marker.id });
}

async function findEtag(bucket: MinioBucket, key: StoreKey): Promise<string | undefined> {
  try {
    return (await bucket.run(key, async (client) => await client.statObject(bucket.name, key))).etag;
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found')) return undefined;
    throw error;
  }
}

/** An object that was being written may appear below the delete marker a moment later. */
const looksMs = [0, 300];

/** Removes the delete marker if the object below it has another etag. */
async function settleHidden(
  bucket: MinioBucket,
  key: StoreKey,
  { etag, markerId }: { etag: string; markerId: string },
): Promise<boolean> {
  for (const ms of looksMs) {
    await setTimeout(ms);
    const versions = await listVersions(bucket, key);
    const hidden = versions.slice(versions.findIndex((it) => it.id === markerId) + 1).find((it) => !it.isMarker);
    if (hidden === undefined || hidden.etag === etag) continue;
    await bucket.run(key, async (client) => await client.removeObject(bucket.name, key, { versionId: markerId }));
    return false;
  }
  return true;
}

interface Version {
  id: string;
  isMarker: boolean;
  etag: string | undefined;
}

/** Lists versions and delete markers of one key, newest first. @see the S3 API, ListObjectVersions */
async function listVersions(bucket: MinioBucket, key: StoreKey): Promise<Version[]> {
  const xml = await bucket.run(key, async (client) => {
    const query = `versions&${toQuery({ prefix: key, 'encoding-type': 'url' })}`;
    return await text(await client.makeRequestAsync({ method: 'GET', bucketName: bucket.name, query }));
  });
  return [...xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)]
    .filter(([, , content = '']) => decodeURIComponent((readTag(content, 'Key') ?? '').replaceAll('+', ' ')) === key)
    .map(([, kind, content = '']) => ({
      id: readTag(content, 'VersionId') ?? '',
      isMarker: kind === 'DeleteMarker',
      etag: readTag(content, 'ETag')?.replaceAll('"', ''),
    }));
}
