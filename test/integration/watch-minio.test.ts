import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fn as ingest } from '#functions/ingest/main.ts';
import { createWatch } from '#functions/watch-minio/watch-minio.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { BootServer } from '#shared/serve/boot-server.ts';
import { serveFunction } from '#shared/serve/serve-function.ts';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
import { openMinioStore, type MinioOptions } from '#shared/store/minio-store.ts';
import { findFreePort } from '../support/darkroom-process.ts';
import { guardStore } from '../support/guarded-store.ts';
import { deliver, openTestPlatform } from '../support/pipeline.ts';
import { addUser } from '../support/rows.ts';
import { describeWithService, startMinio } from '../support/services.ts';

const token = randomUUID();
const bucket = 'darkroom';

describeWithService('minio', 'watch-minio and a real MinIO', () => {
  const stack = new AsyncDisposableStack();
  const arn = 'arn:minio:sqs::DARKROOM:webhook';
  let options: MinioOptions;
  let platform: Platform;
  let client: Client;
  let port: number;
  let queueFolder: string;
  let boot: BootServer | undefined;

  beforeAll(async () => {
    port = await findFreePort();
    queueFolder = await mkdtemp(join(tmpdir(), 'darkroom-queue-'));
    stack.defer(() => rm(queueFolder, { recursive: true, force: true }));
    const server = stack.use(
      await startMinio({
        env: {
          MINIO_NOTIFY_WEBHOOK_ENABLE_DARKROOM: 'on',
          MINIO_NOTIFY_WEBHOOK_ENDPOINT_DARKROOM: `http://127.0.0.1:${port}/`,
          MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_DARKROOM: token,
          MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_DARKROOM: queueFolder,
        },
      }),
    );
    const { endpoint, accessKey, secretKey } = server;
    options = { endpoint, port: server.port, useTls: false, accessKey, secretKey, bucket, region: 'us-east-1' };
    client = new Client({ endPoint: endpoint, port: server.port, useSSL: false, accessKey, secretKey });
    const local = stack.use(await openTestPlatform({ DARKROOM_WEBHOOK_TOKEN: token }));
    const config = { ...local.config, DARKROOM_STORE: 'minio' as const };
    const store = stack.use(await openMinioStore(options));
    await store.prepare();
    platform = { ...local, config, store: guardStore(store) };
    await ensureNotification(options, { id: 'darkroom', arn, prefix: 'library/' });
    stack.defer(down);
  });
  afterAll(() => stack.disposeAsync());
  beforeEach(async () => {
    await up();
  });

  const up = async () => {
    boot ??= await serveFunction('watch-minio', createWatch(platform), { port, host: '127.0.0.1' });
  };
  const down = async () => {
    await boot?.drain(0);
    boot = undefined;
  };
  const put = (key: string, text = 'x') => client.putObject(bucket, key, text);
  const putMany = async (keys: readonly string[]) => {
    const waiting = [...keys];
    const send = async () => {
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await put(key);
    };
    await Promise.all(Array.from({ length: 8 }, send));
  };
  const keysOf = (folder: string, count: number) =>
    Array.from({ length: count }, (_, i) => `library/${folder}/${String(i).padStart(4, '0')}.jpg`);
  const told = async (folder: string) => {
    const rows = await platform.db
      .selectFrom('outbox')
      .select(['type', 'subject', 'data'])
      .where('subject', 'like', `library/${folder}/%`)
      .execute();
    return rows.map(({ type, subject, data }) => ({ what: `${type.split('.')[3]} ${subject}`, data }));
  };
  const whatIsTold = async (folder: string) => (await told(folder)).map((it) => it.what).toSorted();
  const queued = async () => (await readdir(queueFolder, { recursive: true })).filter((it) => it.endsWith('.event'));
  const list = async (limits: Parameters<typeof createWatch>[1] = {}, to: Platform = platform) => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-type': pingType,
      'ce-source': '/test',
      'ce-schedule': 'listing',
      'content-type': 'application/json',
    };
    return createWatch(to, limits)({ headers, body: Buffer.from('{}') }, new AbortController().signal);
  };
  const listing = () => platform.db.selectFrom('bucket_listing').selectAll().executeTakeFirstOrThrow();
  const know = async (keys: readonly string[]) => {
    for (const key of keys) {
      const found = await platform.store.find(key);
      await recordObject(
        platform.db,
        { store: 'minio', key },
        {
          state: 'refused',
          version: found?.version ?? '',
          sizeBytes: found?.sizeBytes ?? 0,
          assetId: null,
          ownerId: null,
          reason: null,
        },
      );
    }
    await platform.db.deleteFrom('outbox').execute();
  };

  test('objects with any name arrive, and an invalid one does not delay later ones', async () => {
    const keys = [
      'with space',
      'a+b',
      '100%',
      '%2e%2e',
      'quote"',
      "it's",
      '&amp;<b>',
      '#?=;',
      'Ünïcödé',
      '👨‍👩‍👧✈',
      'é',
      'e\u0301',
      '~!@$^*()[]{}|`,',
      'a\u00a0b',
    ].map((name) => `library/evil/${name}.jpg`);
    const outcomes = await Promise.allSettled(
      ['line\nbreak', 'tab\t', 'bell\u0007'].map((it) => put(`library/evil/${it}.jpg`)),
    );
    expect(outcomes.some((it) => it.status === 'fulfilled')).toBe(true);
    await putMany(keys);
    await put('upload/evil/own.jpg');
    await put('library/evil/last.jpg');
    await expect
      .poll(() => whatIsTold('evil'), { timeout: 20_000 })
      .toEqual([...keys, 'library/evil/last.jpg'].map((key) => `created ${key}`).toSorted());
    await expect.poll(queued, { timeout: 20_000 }).toEqual([]);
  });

  test('an overwritten and then removed object is reported with each etag, and then as removed', async () => {
    const key = 'library/changed/a.jpg';
    const first = await put(key, 'one');
    await expect.poll(() => whatIsTold('changed'), { timeout: 20_000 }).toHaveLength(1);
    const second = await put(key, 'other');
    await expect.poll(() => whatIsTold('changed'), { timeout: 20_000 }).toHaveLength(2);
    const data = (await told('changed')).map((it) => it.data as { version: string; sizeBytes: number });
    expect(new Set(data.map((it) => it.version))).toEqual(new Set([first.etag, second.etag]));
    await know([key]);
    await client.removeObject(bucket, key);
    await expect.poll(() => whatIsTold('changed'), { timeout: 20_000 }).toEqual([`removed ${key}`]);
  });

  test('MinIO keeps notifications while the function is unreachable, and sends them later', async () => {
    await down();
    const keys = keysOf('kept', 100);
    await putMany(keys);
    await expect.poll(queued, { timeout: 20_000 }).toHaveLength(100);
    await up();
    await expect.poll(() => whatIsTold('kept'), { timeout: 30_000 }).toEqual(keys.map((key) => `created ${key}`));
    await expect.poll(queued, { timeout: 20_000 }).toEqual([]);
  });

  test('1,000 objects arrive', async () => {
    const keys = keysOf('many', 1_000);
    await putMany(keys);
    await expect.poll(async () => (await told('many')).length, { timeout: 50_000 }).toBe(1_000);
  });

  test('a listing finds and counts changes without a notification', async () => {
    await list();
    await platform.db.deleteFrom('stored_object').execute();
    await know((await Array.fromAsync(platform.store.list('library/'))).map((it) => it.key));
    await down();
    const keys = keysOf('lost', 1_000);
    await putMany(keys);
    await client.removeObject(bucket, 'library/many/0000.jpg');
    expect(await list({ sliceMs: 0, graceMs: 0 })).toMatchObject({
      status: 200,
      headers: { 'ce-type': 'photos.darkroom.listing.unfinished.v1', 'ce-subject': bucket },
      body: JSON.stringify({ bucket }),
    });
    expect(await list({ graceMs: -60_000 })).toMatchObject({ status: 204 });
    expect(await whatIsTold('lost')).toEqual(keys.map((key) => `created ${key}`));
    expect(await whatIsTold('many')).toEqual(['removed library/many/0000.jpg']);
    expect(await listing()).toMatchObject({ lostCreated: 1_000, lostRemoved: 1 });
    await list({ graceMs: 0 });
    expect(await listing()).toMatchObject({ lostCreated: 1_000, lostRemoved: 1, haltedReason: null });
  });

  test('a bucket that is only read is watched as a whole, and its photos stay where they are', async () => {
    const { port: minioPort, accessKey, secretKey } = options;
    await using other = await openTestPlatform({
      DARKROOM_WEBHOOK_TOKEN: token,
      DARKROOM_WATCH_BUCKET: 'photos',
      DARKROOM_MINIO_ENDPOINT: `http://127.0.0.1:${minioPort}`,
      DARKROOM_MINIO_ACCESS_KEY: accessKey,
      DARKROOM_MINIO_SECRET_KEY: secretKey,
    });
    await client.makeBucket('photos');
    await ensureNotification({ ...options, bucket: 'photos' }, { id: 'darkroom', arn, prefix: '' });
    await down();
    boot = await serveFunction('watch-minio', createWatch(other), { port, host: '127.0.0.1' });
    const ownerId = await addUser(other.db, { storageLabel: 'anna' });
    const heardOf = async (location: string) =>
      (await other.db.selectFrom('outbox').selectAll().where('subject', '=', location).execute()).at(-1);
    const importFile = async (location: string) => {
      await expect.poll(() => heardOf(location), { timeout: 20_000 }).toBeDefined();
      const event = (await heardOf(location)) as unknown as DarkroomEvent & { createdAt: Date };
      const time = event.createdAt.toISOString();
      const { id, type, source, subject, data } = event;
      expect((await deliver(await ingest.create(other), { id, type, source, subject, data, time })).status).toBe(204);
    };
    const asset = () => other.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).executeTakeFirst();

    await client.putObject('photos', 'anna/2024/ä 1.jpg', 'a photo');
    await importFile('s3://photos/anna/2024/ä 1.jpg');
    expect(await asset()).toMatchObject({
      originalPath: 's3://photos/anna/2024/ä 1.jpg',
      originalFileName: 'ä 1.jpg',
      isExternal: true,
      isOffline: false,
    });
    await client.removeObject('photos', 'anna/2024/ä 1.jpg');
    await importFile('s3://photos/anna/2024/ä 1.jpg');
    expect(await asset()).toMatchObject({ isOffline: true });

    await down();
    await client.putObject('photos', 'anna/2024/ä 1.jpg', 'a photo');
    await client.putObject('photos', 'anna/2.jpg', 'another');
    expect(await list({ graceMs: 0 }, other)).toMatchObject({ status: 204 });
    await importFile('s3://photos/anna/2024/ä 1.jpg');
    expect(await asset()).toMatchObject({ isOffline: false });
    expect(await heardOf('s3://photos/anna/2.jpg')).toMatchObject({ data: { store: 'external' } });
    const rows = await other.db.selectFrom('bucket_listing').select(['bucket', 'finishedObjects']).execute();
    expect(rows).toEqual([{ bucket: 'photos', finishedObjects: 2 }]);
  });

  test('requests without the token, and invalid or too large ones, are rejected over HTTP', async () => {
    const url = `http://127.0.0.1:${port}/`;
    const body = JSON.stringify({ Records: [] });
    const post = (init: RequestInit) => fetch(url, { method: 'POST', ...init });
    expect((await post({ body })).status).toBe(401);
    expect((await post({ body, headers: { authorization: 'Bearer nobody' } })).status).toBe(401);
    const authorization = `Bearer ${token}`;
    expect((await post({ body, headers: { authorization } })).status).toBe(204);
    expect((await fetch(url, { headers: { authorization } })).status).toBe(405);
    expect((await post({ body: 'x'.repeat(2_000_000), headers: { authorization } })).status).toBe(413);
    expect((await post({ body: '{', headers: { authorization } })).status).toBe(400);
    expect((await fetch(`${url}healthz`)).status).toBe(200);
  });
});
