import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { crashPoints } from '#shared/crash/crash-point.ts';
import { fixture, makeCameraPhotos, type CameraPhotoOptions } from '#test/fixtures/index.ts';
import { signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { findFreePort, killQuietly, startDarkroom, type DarkroomProcess } from '#test/support/darkroom-process.ts';
import { describeWithFaceModels, testModelsFolder } from '#test/support/face-models.ts';
import { readTimeline } from './story.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-kill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const makePaths = async (count: number, options: CameraPhotoOptions) =>
  (await makeCameraPhotos(join(folder, 'photos'), count, options)).map((photo) => photo.path);

async function start(port: number, env: Record<string, string> = {}): Promise<DarkroomProcess> {
  // Short leases and no faces, to keep these tests short.
  const darkroom = await startDarkroom({
    dataFolder: join(folder, 'data'),
    port,
    env: { DARKROOM_LEASE_SECONDS: '3', ...env },
  });
  onTestFinished(() => darkroom.killAll());
  return darkroom;
}

/** Uploads as a phone does: retries until the server has answered 201 or 200 for every photo. */
async function uploadAll(client: ApiClient, paths: readonly string[], concurrency: number): Promise<void> {
  const waiting = [...paths];
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const { status } = await client.upload(path).catch(() => ({ status: 0 }));
      if (status === 200 || status === 201) continue;
      waiting.push(path);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/** Every photo is complete, none is duplicate, and every file belongs to an asset. */
async function expectWhole(client: ApiClient, count: number): Promise<void> {
  const queues = await waitUntilSettled(client);
  expect(Object.entries(queues).filter(([, queue]) => queue.jobCounts.failed > 0)).toEqual([]);
  const ids = await readTimeline(client);
  expect(new Set(ids).size).toBe(count);
  expect(ids).toHaveLength(count);
  const assets = await Promise.all(
    ids.map((id) => client.call<{ checksum: string; thumbhash: string | null }>('GET', `/assets/${id}`)),
  );
  expect(new Set(assets.map((asset) => asset.checksum)).size).toBe(count);
  expect(assets.filter((asset) => asset.thumbhash === null)).toEqual([]);
  // A portrait may still be written when the last stage has settled.
  await expect.poll(() => expectNoOrphans(ids).then(() => 'clean', String), { timeout: 10_000 }).toBe('clean');
}

/** A start removes files that were sent again because their first upload had no response. */
async function expectWholeAfterStart(client: ApiClient, port: number, count: number): Promise<void> {
  const darkroom = await start(port, { DARKROOM_FACES: 'false' });
  await expectWhole(client, count);
  await darkroom.stop();
}

/** The markers of the store and of the watched folder. */
const markers = ['.darkroom-root', '.darkroom-store'];

async function expectNoOrphans(ids: readonly string[]): Promise<void> {
  const files = (await readdir(join(folder, 'data/files'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const unknown = files.filter(
    ({ name, parentPath }) =>
      !parentPath.includes('/people') && !markers.includes(name) && !ids.some((id) => name.startsWith(id)),
  );
  expect(unknown.map((entry) => join(entry.parentPath, entry.name))).toEqual([]);
  for (const [pattern, what] of [
    [/\.jpg$/i, 'originals'],
    [/_thumbnail\.webp$/, 'thumbnails'],
    [/_preview\.jpeg$/, 'previews'],
  ] as const) {
    expect({ [what]: files.filter(({ name }) => pattern.test(name)).length }).toEqual({ [what]: ids.length });
  }
}

describe('a process that is killed', () => {
  test.each(crashPoints.filter((point) => !/^(?:faces|people|delete|ingest)\//.test(point)))(
    'at %s neither loses nor duplicates a photo',
    async (point) => {
      const paths = await makePaths(6, { megapixels: 0.3, seed: 11 });
      const port = await findFreePort();
      const once = join(folder, 'crashed');
      const darkroom = await start(port, {
        DARKROOM_FACES: 'false',
        DARKROOM_CRASH_AT: `${point}:3`,
        DARKROOM_CRASH_ONCE: once,
      });
      const client = await signUp(darkroom.url);
      await uploadAll(client, paths, 3);
      await waitUntilSettled(client);
      expect(await readdir(folder)).toContain('crashed');
      await darkroom.stop();
      await expectWholeAfterStart(client, port, paths.length);
    },
  );

  test('during a deletion removes the files in the end', async () => {
    const paths = await makePaths(3, { megapixels: 0.3, seed: 12 });
    const port = await findFreePort();
    const darkroom = await start(port, {
      DARKROOM_FACES: 'false',
      DARKROOM_CRASH_AT: 'delete/after-files',
      DARKROOM_CRASH_ONCE: join(folder, 'crashed'),
    });
    const client = await signUp(darkroom.url);
    await uploadAll(client, paths, 1);
    await expectWhole(client, 3);
    const [first = ''] = await readTimeline(client);
    await client.call('DELETE', '/assets', { ids: [first], force: true });
    for (let n = 0; n < 100 && !(await readdir(folder)).includes('crashed'); n++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await client.call('GET', '/server/ping').catch(() => {});
    await expect
      .poll(async () => expectNoOrphans(await readTimeline(client)).then(() => 'clean', String), {
        timeout: 30_000,
        interval: 500,
      })
      .toBe('clean');
    await expectWhole(client, 2);
  });

  test('repeatedly during 200 uploads neither loses nor duplicates a photo', async () => {
    const paths = await makePaths(200, { megapixels: 0.3, seed: 13 });
    const port = await findFreePort();
    let darkroom = await start(port, { DARKROOM_FACES: 'false' });
    const client = await signUp(darkroom.url);
    const uploads = uploadAll(client, paths, 8);
    for (let n = 0; n < 6; n++) {
      await new Promise((resolve) => setTimeout(resolve, 700 + ((n * 577) % 1500)));
      if (n % 2 === 0) {
        // Only the app: the door starts it again.
        const app = (await darkroom.listPids()).slice(1);
        for (const pid of app) killQuietly(pid, 'SIGKILL');
      } else {
        await (n % 4 === 1 ? darkroom.killAll() : darkroom.kill());
        darkroom = await start(port, { DARKROOM_FACES: 'false' });
      }
    }
    await uploads;
    await darkroom.stop();
    await expectWholeAfterStart(client, port, paths.length);
  });

  test('by one photo each time marks only that photo as failed', async () => {
    const paths = await makePaths(5, { megapixels: 0.3, seed: 14 });
    const poison = paths[2] ?? '';
    const port = await findFreePort();
    const darkroom = await start(port, {
      DARKROOM_FACES: 'false',
      DARKROOM_MAX_ATTEMPTS: '3',
      DARKROOM_CRASH_AT: `thumbnail/after-lease=${poison.split('/').at(-1)}`,
    });
    const client = await signUp(darkroom.url);
    await uploadAll(client, paths, 2);
    await expect
      .poll(async () => (await waitUntilSettled(client))['thumbnailGeneration']?.jobCounts.failed, {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(1);
    const ids = await readTimeline(client);
    expect(ids).toHaveLength(5);
    const assets = await Promise.all(
      ids.map((id) => client.call<{ originalFileName: string; thumbhash: string | null }>('GET', `/assets/${id}`)),
    );
    expect(assets.filter((asset) => asset.thumbhash === null).map((asset) => asset.originalFileName)).toEqual([
      poison.split('/').at(-1),
    ]);
    await darkroom.stop();
  });
});

await describeWithFaceModels('a process that is killed during face recognition', () => {
  test.each(['faces/after-lease', 'faces/after-commit', 'people/after-lease', 'people/after-commit'])(
    'at %s finds the same people',
    async (point) => {
      const { path } = await fixture('people-1');
      const paths = await Promise.all(
        [0.9, 0.95, 1, 1.05].map(async (brightness) => {
          const copy = join(folder, `light-${brightness}.jpg`);
          await sharp(path).modulate({ brightness }).jpeg().toFile(copy);
          return copy;
        }),
      );
      const darkroom = await start(await findFreePort(), {
        DARKROOM_MODELS: testModelsFolder,
        DARKROOM_CRASH_AT: `${point}:2`,
        DARKROOM_CRASH_ONCE: join(folder, 'crashed'),
      });
      const client = await signUp(darkroom.url);
      await uploadAll(client, paths, 2);
      await expectWhole(client, paths.length);
      expect(await readdir(folder)).toContain('crashed');
      // Three people are on each of the four pictures.
      const { people } = await client.call<{ people: { id: string }[] }>('GET', '/people');
      expect(people).toHaveLength(3);
      for (const { id } of people) expect(await client.call('GET', `/people/${id}/statistics`)).toEqual({ assets: 4 });
      await darkroom.stop();
    },
  );
});
