import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { expect, onTestFinished, test } from 'vitest';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { logIn, signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { findFreePort, startDarkroom } from '#test/support/darkroom-process.ts';
import { describeWithService, sharedPostgres, startMinio } from '#test/support/services.ts';
import { readTimeline } from './story.ts';

const token = randomUUID();
const bucket = 'darkroom';

async function tellBucketStory(moreEnv: Record<string, string>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bucket-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dataFolder = join(folder, 'data');
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  await using minio = await startMinio({
    env: {
      MINIO_NOTIFY_WEBHOOK_ENABLE_DARKROOM: 'on',
      MINIO_NOTIFY_WEBHOOK_ENDPOINT_DARKROOM: `${url}/webhook/minio`,
      MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_DARKROOM: token,
      MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_DARKROOM: join(folder, 'queue'),
    },
  });
  const env = {
    DARKROOM_STORE: 'minio',
    DARKROOM_MINIO_ENDPOINT: `http://127.0.0.1:${minio.port}`,
    DARKROOM_MINIO_ACCESS_KEY: minio.accessKey,
    DARKROOM_MINIO_SECRET_KEY: minio.secretKey,
    DARKROOM_WEBHOOK_TOKEN: token,
    DARKROOM_FACES: 'false',
    DARKROOM_IDLE_SECONDS: '2',
    ...moreEnv,
  };
  const start = async () => {
    const darkroom = await startDarkroom({ dataFolder, port, env });
    onTestFinished(() => darkroom.killAll());
    return darkroom;
  };
  let darkroom = await start();
  const bucketOptions = {
    endpoint: '127.0.0.1',
    port: minio.port,
    useTls: false,
    accessKey: minio.accessKey,
    secretKey: minio.secretKey,
    bucket,
    region: 'us-east-1',
  };
  await ensureNotification(bucketOptions, {
    id: 'darkroom',
    arn: 'arn:minio:sqs::DARKROOM:webhook',
    prefix: 'library/',
  });
  const s3 = new Client({
    endPoint: '127.0.0.1',
    port: minio.port,
    useSSL: false,
    accessKey: minio.accessKey,
    secretKey: minio.secretKey,
  });

  let client: ApiClient = await signUp(url);
  const { id: userId } = await client.call<{ id: string }>('GET', '/users/me');
  await client.call('PUT', `/admin/users/${userId}`, { storageLabel: 'ada' });
  const photos = await Promise.all((await makeCameraPhotos(folder, 3)).map(({ path }) => readFile(path)));
  const put = async (name: string, bytes: Buffer | string) => await s3.putObject(bucket, `library/ada/${name}`, bytes);
  const [one, two, three] = photos as [Buffer, Buffer, Buffer];
  const timeline = () => readTimeline(client).catch(() => []);
  const eventually = { timeout: 60_000, interval: 300 };

  // While it is awake.
  await put('2024/erste aufnahme +1 ✈.jpg', one);
  await put('notes.txt', 'no photo');
  await expect.poll(timeline, eventually).toHaveLength(1);
  const queues = await waitUntilSettled(client);
  expect(Object.values(queues).every((queue) => queue.jobCounts.failed === 0)).toBe(true);
  const [first = ''] = await timeline();
  expect(await client.call('GET', `/assets/${first}`)).toMatchObject({
    originalFileName: 'erste aufnahme +1 ✈.jpg',
    originalPath: 'library/ada/2024/erste aufnahme +1 ✈.jpg',
    thumbhash: expect.any(String) as string,
  });
  expect((await client.fetch(`/assets/${first}/thumbnail`)).status).toBe(200);

  // A notification wakes it.
  await expect.poll(() => darkroom.listPids(), { timeout: 60_000 }).toEqual([darkroom.pid]);
  await put('two.jpg', two);
  await expect.poll(async () => (await darkroom.listPids()).length, { timeout: 20_000 }).toBeGreaterThan(1);
  await expect.poll(timeline, eventually).toHaveLength(2);

  // An asset is offline after its object was removed, and back unchanged when it is put again.
  await s3.removeObject(bucket, 'library/ada/two.jpg');
  await expect.poll(timeline, eventually).toEqual([first]);
  await put('two.jpg', two);
  await expect.poll(timeline, eventually).toHaveLength(2);

  // Requests without the token are rejected.
  expect((await fetch(`${url}/webhook/minio`, { method: 'POST', body: '{}' })).status).toBe(401);
  const flood = { method: 'POST', body: 'x'.repeat(2_000_000), headers: { authorization: `Bearer ${token}` } };
  expect((await fetch(`${url}/webhook/minio`, flood)).status).toBe(413);
  const forged = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'dev.knative.sources.ping', 'ce-source': '/x' };
  expect((await fetch(`${url}/webhook/minio`, { method: 'POST', body: '{}', headers: forged })).status).toBe(401);

  // The next listing finds and counts changes without a notification.
  await waitUntilSettled(client);
  await darkroom.stop();
  await s3.removeAllBucketNotification(bucket);
  await put('three.jpg', three);
  const ticks = join(dataFolder, 'schedules.json');
  const told = JSON.parse(await readFile(ticks, 'utf8')) as Record<string, number>;
  await writeFile(ticks, JSON.stringify({ ...told, 'darkroom-listing': Date.now() - 2 * 3_600_000 }));
  darkroom = await start();
  client = await logIn(url);
  await expect.poll(timeline, eventually).toHaveLength(3);
  expect(await darkroom.stop()).toBe(0);
}

describeWithService('minio', 'a photo that another program puts into the bucket', () => {
  test('is an asset of its folder’s owner, goes offline and returns with its object, and is found without a notification', async () => {
    await tellBucketStory({});
  });

  describeWithService('postgres', 'on PostgreSQL', () => {
    test('is the same', async () => {
      await using database = await (await sharedPostgres()).createDatabase();
      await tellBucketStory({ DATABASE_URL: database.url });
    });
  });
});
