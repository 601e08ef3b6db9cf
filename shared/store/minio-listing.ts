import { text } from 'node:stream/consumers';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { MinioBucket } from './minio-bucket.ts';
import { isStoreKey, isStorePrefix } from './store-key.ts';
import type { ObjectInfo, StoreKey } from './store.ts';

/** Lists page by page; each page begins after the last key of the previous one, so that a request can be retried. */
export async function* listBucket(
  bucket: MinioBucket,
  prefix: string,
  startAfter: StoreKey,
): AsyncGenerator<ObjectInfo> {
  if (!isStorePrefix(prefix)) return;
  let after = startAfter;
  for (;;) {
    const page = await bucket.run(prefix, async (client) => {
      const query = toQuery({ 'list-type': '2', 'encoding-type': 'url', prefix, 'start-after': after });
      const response = await client.makeRequestAsync({ method: 'GET', bucketName: bucket.name, query });
      return parsePage(await text(response));
    });
    for (const object of page.objects) if (isStoreKey(object.key)) yield object;
    const last = page.objects.at(-1);
    if (!page.isTruncated || last === undefined) return;
    after = last.key;
  }
}

export function toQuery(parameters: Record<string, string>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== '');
  return pairs
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
    )
    .sort()
    .join('&');
}

/**
 * Reads a page of ListObjectsV2. The client's own parser reads a key like 0123 as a number.
 * @see the S3 API, ListObjectsV2
 */
export function parsePage(xml: string): { objects: ObjectInfo[]; isTruncated: boolean } {
  if (!xml.includes('<ListBucketResult'))
    throw new DarkroomError('store/unavailable', 'The object store sent no listing');
  const isEncoded = readTag(xml, 'EncodingType') === 'url';
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, content = '']) => {
    const name = readTag(content, 'Key') ?? '';
    return {
      key: isEncoded ? decodeURIComponent(name.replaceAll('+', ' ')) : name,
      sizeBytes: Number(readTag(content, 'Size')),
      // Rounded down to seconds, the precision of a HEAD request.
      modifiedAt: new Date((readTag(content, 'LastModified') ?? '').replace(/\.\d+/, '')),
      version: (readTag(content, 'ETag') ?? '').replaceAll('"', ''),
    };
  });
  return { objects, isTruncated: readTag(xml, 'IsTruncated') === 'true' };
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

export function readTag(xml: string, name: string): string | undefined {
  const value = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1];
  return value?.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, named?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return entities[named ?? ''] ?? whole;
    },
  );
}
