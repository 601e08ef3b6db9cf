import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Client } from 'minio';
import { describe, expect, test } from 'vitest';
import { hashOf, makeBytes } from '#test/support/byte-streams.ts';
import { describeWithService, type MinioAddress, sharedMinio, startMinio } from '#test/support/services.ts';
import { CopyBudget } from './copy-budget.ts';
import { parsePage } from './minio-listing.ts';
import { openMinioStore } from './minio-store.ts';
import { testStore, withCode } from './store.conformance.ts';
import type { PickRanges, Store } from './store.ts';

const region = 'us-east-1';
const openBucket = async ({ endpoint, port, accessKey, secretKey }: MinioAddress, bucket: string): Promise<Store> => {
  const store = await openUnprepared({ endpoint, port, accessKey, secretKey }, bucket);
  await store.prepare();
  return store;
};
const openUnprepared = ({ endpoint, port, accessKey, secretKey }: MinioAddress, bucket: string) =>
  openMinioStore({ endpoint, port, accessKey, secretKey, useTls: false, bucket, region });
const newBucket = () => `test-${randomBytes(8).toString('hex')}`;

async function listUploads(address: MinioAddress, bucket: string, key: string): Promise<unknown[]> {
  const { endpoint: endPoint, port, accessKey, secretKey } = address;
  const client = new Client({ endPoint, port, accessKey, secretKey, useSSL: false, region });
  return await client.listIncompleteUploads(bucket, key, true).toArray();
}

describeWithService('minio', 'the MinIO store', () => {
  describe('as every store', () => {
    testStore(async () => await openBucket(await sharedMinio(), newBucket()));
  });

  test('an aborted upload and an upload whose writer died leave no parts', async () => {
    const address = await sharedMinio();
    const bucket = newBucket();
    await using store = await openBucket(address, bucket);
    for (const end of ['abort', 'die'] as const) {
      const writer = await store.createWriter('a/upload.mov');
      await pipeline(Readable.from(makeBytes(20_000_000)), writer.stream);
      expect(await listUploads(address, bucket, 'a/upload.mov')).toHaveLength(1);
      if (end === 'abort') await writer.abort();
      else await store.delete('a/upload.mov');
      expect(await listUploads(address, bucket, 'a/upload.mov')).toEqual([]);
    }
  });

  test('an unavailable server is a retryable error, and an upload survives a short outage', async () => {
    await using server = await startMinio();
    await using store = await openBucket(server, 'darkroom');
    await store.put('a', Buffer.from('x'));
    await server.pause();
    await expect(store.find('a')).rejects.toEqual(withCode('store/unavailable'));
    await expect(store.put('b', Buffer.from('x'))).rejects.toEqual(withCode('store/unavailable'));
    const writer = await store.createWriter('c');
    await expect(pipeline(Readable.from(makeBytes(20_000_000)), writer.stream)).rejects.toEqual(
      withCode('store/unavailable'),
    );
    await writer.abort();
    await server.start();

    await using second = await store.createWriter('d');
    await pipeline(Readable.from(makeBytes(20_000_000)), second.stream, { end: false });
    await server.pause();
    await server.start();
    await second.commit();
    expect(await hashOf(await store.read('d'))).toBe(await hashOf(makeBytes(20_000_000)));
  }, 60_000);

  test('a store can be opened while its server is down', async () => {
    const server = await startMinio();
    await server.pause();
    await using store = await openUnprepared(server, 'darkroom');
    await expect(store.find('a')).rejects.toEqual(withCode('store/unavailable'));
    await server.start();
    await store.prepare();
    expect(await store.find('a')).toBeUndefined();
    await server.stop();
  });

  test('an object written during the deletion of another stays, in a bucket with versions', async () => {
    const address = await sharedMinio();
    const bucket = newBucket();
    await using store = await openBucket(address, bucket);
    const { endpoint: endPoint, port, accessKey, secretKey } = address;
    const client = new Client({ endPoint, port, accessKey, secretKey, useSSL: false, region });
    await store.put('other', Buffer.from('x'));
    await client.setBucketVersioning(bucket, { Status: 'Enabled' });
    const key = 'library/a & b+1.jpg';
    for (let n = 0; n < 40; n += 1) {
      await store.put(key, Buffer.from(`old ${n}`));
      const { version = '' } = (await store.find(key)) ?? {};
      await Promise.all([store.deleteVersion(key, version), store.put(key, Buffer.from(`new ${n}`))]);
      expect(await text(await store.read(key))).toBe(`new ${n}`);
    }
    const { version = '' } = (await store.find(key)) ?? {};
    expect(await store.deleteVersion(key, version)).toBe(true);
    expect(await store.find(key)).toBeUndefined();
  });

  test('an object beyond the limit is not copied, and of a large one only the needed ranges', async () => {
    const { endpoint, port, accessKey, secretKey } = await sharedMinio();
    const options = { endpoint, port, accessKey, secretKey, useTls: false, bucket: newBucket(), region };
    await using store = await openMinioStore(options, new CopyBudget(8 * 2 ** 20));
    await store.prepare();
    const bytes = randomBytes(20 * 2 ** 20);
    await store.put('film.mov', bytes);
    await expect(store.toLocalFile('film.mov')).rejects.toEqual(withCode('store/too-large'));
    const ranges = [
      { start: 0, end: 999_999 },
      { start: bytes.length - 500_000, end: bytes.length - 1 },
    ];
    const pickRanges: PickRanges = async ({ sizeBytes, read }) => {
      expect(sizeBytes).toBe(bytes.length);
      expect(Buffer.from(await read({ start: 5, end: 9 }))).toEqual(bytes.subarray(5, 10));
      return ranges;
    };
    for (let times = 0; times < 8; times += 1) {
      await using file = await store.toLocalFile('film.mov', pickRanges);
      const copy = await readFile(file.path);
      expect(copy.length).toBe(bytes.length);
      for (const { start, end } of ranges)
        expect(copy.subarray(start, end + 1).equals(bytes.subarray(start, end + 1))).toBe(true);
      expect(copy.subarray(1_000_000, bytes.length - 500_000).every((byte) => byte === 0)).toBe(true);
      expect((await stat(file.path)).blocks * 512).toBeLessThan(2 ** 21);
    }
  });

  test('a deleted bucket is not created again', async () => {
    const address = await sharedMinio();
    const bucket = newBucket();
    await using store = await openUnprepared(address, bucket);
    await expect(store.put('a', Buffer.from('x'))).rejects.toEqual(withCode('store/unavailable'));
    await expect(store.read('a')).rejects.toEqual(withCode('store/unavailable'));
    expect(await store.exists()).toBe(false);
    await store.prepare();
    await store.put('a', Buffer.from('x'));
  });

  test('a wrong secret is reported without retries', async () => {
    const address = await sharedMinio();
    await using store = await openUnprepared({ ...address, secretKey: 'wrong-secret' }, newBucket());
    await expect(store.put('a', Buffer.from('x'))).rejects.toEqual(withCode('store/unavailable'));
  });
});

test('a page of a listing is read whether its keys are URL-encoded or plain XML', () => {
  const page = (encoding: string, key: string) => `<?xml version="1.0"?><ListBucketResult>${encoding}
    <IsTruncated>true</IsTruncated><Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>
    <ETag>&#34;abc-2&#34;</ETag><Size>12</Size></Contents></ListBucketResult>`;
  const expected = { sizeBytes: 12, modifiedAt: new Date('2026-01-02T03:04:05Z'), version: 'abc-2' };
  expect(parsePage(page('<EncodingType>url</EncodingType>', '01%2B+%26%F0%9F%8F%94'))).toEqual({
    isTruncated: true,
    objects: [{ key: '01+ &🏔', ...expected }],
  });
  expect(parsePage(page('', '01+ &amp;%20&#x1f3d4;'))).toEqual({
    isTruncated: true,
    objects: [{ key: '01+ &%20🏔', ...expected }],
  });
  expect(() => parsePage('<html></html>')).toThrow(/no listing/);
});
