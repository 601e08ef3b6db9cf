import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'minio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { describeWithService, sharedMinio } from '#test/support/services.ts';
import { openPrimaryStore, withOutside } from './open-store.ts';
import { withCode } from './store.conformance.ts';
import type { Store } from './store.ts';

describeWithService('minio', 'a bucket that is only watched', () => {
  const bucket = `photos-${randomBytes(4).toString('hex')}`;
  const at = (key: string) => `s3://${bucket}/${key}`;
  let folder: string;
  let client: Client;
  let env: Record<string, string>;
  let store: Store;
  const open = async (settings: Record<string, string>) => {
    const config = parseConfig(settings);
    const primary = await openPrimaryStore(config);
    await primary.prepare();
    return await withOutside(config, primary);
  };
  beforeAll(async () => {
    const { endpoint, port, accessKey, secretKey } = await sharedMinio();
    folder = await mkdtemp(join(tmpdir(), 'darkroom-watched-'));
    client = new Client({ endPoint: endpoint, port, useSSL: false, accessKey, secretKey });
    await client.makeBucket(bucket);
    for (const name of ['anna/a.jpg', 'anna/b.jpg', 'bert/é ✈.jpg', 'c.jpg'])
      await client.putObject(bucket, name, `bytes of ${name}`);
    env = {
      DARKROOM_DATA: folder,
      DARKROOM_WATCH_BUCKET: bucket,
      DARKROOM_MINIO_ENDPOINT: `http://${endpoint}:${port}`,
      DARKROOM_MINIO_ACCESS_KEY: accessKey,
      DARKROOM_MINIO_SECRET_KEY: secretKey,
    };
    store = await open(env);
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const list = async (prefix: string, after?: string) =>
    (await Array.fromAsync(store.list(prefix, after))).map((it) => it.key);

  test('is read by its locations, beside the store', async () => {
    expect(await store.find(at('anna/a.jpg'))).toMatchObject({ key: at('anna/a.jpg'), sizeBytes: 19 });
    expect(await text(await store.read(at('bert/é ✈.jpg')))).toBe('bytes of bert/é ✈.jpg');
    expect(await text(await store.read(at('anna/a.jpg'), { start: 9, end: 12 }))).toBe('anna');
    await using local = await store.toLocalFile(at('anna/b.jpg'));
    expect(await readFile(local.path, 'utf8')).toBe('bytes of anna/b.jpg');
    expect(await store.find(at('anna/none.jpg'))).toBeUndefined();
    await store.put('upload/own.jpg', Buffer.from('own'));
    expect(await text(await store.read('upload/own.jpg'))).toBe('own');
  });

  test('is listed in order, after any key', async () => {
    const all = ['anna/a.jpg', 'anna/b.jpg', 'bert/é ✈.jpg', 'c.jpg'].map(at);
    expect(await list(at(''))).toEqual(all);
    expect(await list(at(''), at('anna/b.jpg'))).toEqual(all.slice(2));
    expect(await list(at('anna/'))).toEqual(all.slice(0, 2));
    expect(await list('library/')).toEqual([]);
  });

  test('is never written to, and nothing in it is deleted', async () => {
    await expect(store.put(at('anna/new.jpg'), Buffer.from('x'))).rejects.toEqual(withCode('store/read-only'));
    await expect(store.createWriter(at('anna/a.jpg'))).rejects.toEqual(withCode('store/read-only'));
    await store.delete(at('anna/a.jpg'));
    expect((await client.statObject(bucket, 'anna/a.jpg')).size).toBe(19);
  });

  test.each(['s3://another/anna/a.jpg', 's3://', 's3:///etc/passwd'])(
    '%s is in no bucket that is watched',
    async (location) => {
      const unknown = withCode('store/unavailable');
      await expect(store.find(location)).rejects.toEqual(unknown);
      await expect(store.read(location)).rejects.toEqual(unknown);
      await expect(store.toLocalFile(location)).rejects.toEqual(unknown);
      await expect(list(location)).rejects.toEqual(unknown);
    },
  );

  test.each(['../other/a.jpg', '/etc/passwd', 'a//b.jpg', './a.jpg'])('%s is not a key in it', async (key) => {
    await expect(store.find(at(key))).rejects.toEqual(withCode('store/invalid-key'));
  });

  test('that does not exist is unavailable, and is not created', async () => {
    const missing = `${bucket}-missing`;
    await using wrong = await open({ ...env, DARKROOM_WATCH_BUCKET: missing });
    await expect(wrong.find(`s3://${missing}/a.jpg`)).rejects.toEqual(withCode('store/unavailable'));
    expect(await client.bucketExists(missing)).toBe(false);
  });

  test("cannot be the store's own", async () => {
    await expect(open({ ...env, DARKROOM_STORE: 'minio', DARKROOM_MINIO_BUCKET: bucket })).rejects.toEqual(
      withCode('config/invalid'),
    );
  });
});
