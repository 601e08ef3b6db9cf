import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fixture, makeCameraPhotos, type FixtureName } from '#test/fixtures/index.ts';
import { signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { describeWithService, startPostgres } from '#test/support/services.ts';
import { describeWithSmallDisk, mountSmallDisk } from '#test/support/small-disk.ts';
import { readTimeline } from './story.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-bad-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const start = async (env: Record<string, string> = {}) => {
  const darkroom = await startDarkroom({ dataFolder: join(folder, 'data'), env: { DARKROOM_FACES: 'false', ...env } });
  onTestFinished(() => darkroom.killAll());
  return { darkroom, client: await signUp(darkroom.url) };
};

interface Asset {
  id: string;
  originalFileName: string;
  thumbhash: string | null;
}

async function readAssets(client: ApiClient): Promise<Map<string, Asset>> {
  const assets = await Promise.all(
    (await readTimeline(client)).map((id) => client.call<Asset>('GET', `/assets/${id}`)),
  );
  return new Map(assets.map((asset) => [asset.originalFileName, asset]));
}

describe('a file that is not a picture', () => {
  test('keeps its original, is listed with its reason, and does not prevent others', async () => {
    const { darkroom, client } = await start();
    const broken: FixtureName[] = ['truncated-jpeg', 'text-called-jpg', 'png-bomb'];
    const files = await Promise.all(broken.map((name) => fixture(name)));
    const good = await makeCameraPhotos(join(folder, 'photos'), 3, { megapixels: 0.3 });
    for (const { path } of [...files, ...good]) expect((await client.upload(path)).status).toBe(201);
    await waitUntilSettled(client);
    const assets = await readAssets(client);
    for (const { fileName } of good) expect(assets.get(fileName)?.thumbhash).not.toBeNull();
    const failures = await client.call<{ data: { id: string; reason: string } }[]>(
      'GET',
      '/queues/thumbnailGeneration/jobs?status=failed',
    );
    const reasons = new Map(failures.map(({ data }) => [data.id, data.reason]));
    for (const { path, fileName } of files) {
      const asset = assets.get(fileName);
      expect(asset?.thumbhash).toBeNull();
      expect(reasons.get(asset?.id ?? '')).toMatch(/\(media\/(?:undecodable|too-large)\)$/);
      expect((await client.fetch(`/assets/${asset?.id}/thumbnail`)).status).toBe(404);
      const original = await client.fetch(`/assets/${asset?.id}/original`);
      expect((await original.bytes()).length).toBe((await stat(path)).size);
    }
    await darkroom.stop();
  });

  test('of an unsupported format is stored and shown as waiting', async () => {
    const { darkroom, client } = await start();
    const { path } = await fixture('text-called-jpg');
    const form = new FormData();
    form.set('fileCreatedAt', '2024-01-01T00:00:00Z');
    form.set('fileModifiedAt', '2024-01-01T00:00:00Z');
    // An ISO box of type HEIC, which is enough for the detection.
    const heic = Buffer.from('0000001866747970686569630000000068656963', 'hex');
    form.set('assetData', new Blob([heic, Buffer.from(path)]), 'IMG_1.HEIC');
    expect((await client.fetch('/assets', { method: 'POST', body: form })).status).toBe(201);
    const queues = await waitUntilSettled(client);
    expect(queues['thumbnailGeneration']?.jobCounts).toMatchObject({ failed: 0, delayed: 1 });
    await darkroom.stop();
  });
});

describeWithSmallDisk('a full store', () => {
  test('rejects an upload with a JSON error, leaves nothing of it, and accepts the next one that fits', async () => {
    using disk = mountSmallDisk(2 * 1024 * 1024);
    const { darkroom, client } = await start({ DARKROOM_STORE_PATH: join(disk.path, 'files') });
    const [large, small] = [
      await makeCameraPhotos(join(folder, 'a'), 1, { megapixels: 12 }),
      await makeCameraPhotos(join(folder, 'b'), 1, { megapixels: 0.3 }),
    ];
    const refused = await client.upload(large[0]?.path ?? '');
    expect(refused).toMatchObject({ status: 507, body: { message: expect.stringContaining('full') as unknown } });
    const left = (await readdir(join(disk.path, 'files'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !['.darkroom-root', '.darkroom-store'].includes(entry.name),
    );
    expect(left.map((entry) => entry.name)).toEqual([]);
    expect((await client.upload(small[0]?.path ?? '')).status).toBe(201);
    await waitUntilSettled(client);
    expect([...(await readAssets(client)).values()].map((asset) => asset.thumbhash === null)).toEqual([false]);
    await darkroom.stop();
  });
});

describeWithService('postgres', 'a database that is unreachable for ten seconds during uploads', () => {
  test('causes JSON 503s, never 401, and nothing is lost when it is back', async () => {
    await using postgres = await startPostgres();
    const { url } = await postgres.createDatabase();
    const { darkroom, client } = await start({ DATABASE_URL: url, DARKROOM_LEASE_SECONDS: '5' });
    const photos = await makeCameraPhotos(join(folder, 'photos'), 60, { megapixels: 0.3 });
    const statuses = new Set<number>();
    const waiting = photos.map((photo) => photo.path);
    const uploads = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
          const { status, body } = await client.upload(path);
          statuses.add(status);
          if (status === 200 || status === 201) continue;
          expect(body).toEqual({ message: expect.any(String) as unknown });
          waiting.push(path);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }),
    );
    await expect.poll(() => waiting.length, { timeout: 30_000 }).toBeLessThan(40);
    await postgres.pause('kill');
    const validation = await client.fetch('/auth/validateToken', { method: 'POST' });
    expect({ status: validation.status, type: validation.headers.get('content-type') }).toEqual({
      status: 503,
      type: expect.stringContaining('application/json') as unknown,
    });
    const ping = await client.fetch('/server/ping');
    expect({ status: ping.status, output: darkroom.output() }).toMatchObject({ status: 200 });
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await postgres.start();
    await uploads;
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    expect(statuses).toContain(503);
    await waitUntilSettled(client, 120_000);
    const assets = await readAssets(client);
    expect(assets.size).toBe(60);
    expect([...assets.values()].filter((asset) => asset.thumbhash === null)).toEqual([]);
    await darkroom.stop();
  });
});
