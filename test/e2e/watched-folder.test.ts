import { copyFile, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { signUp, type ApiClient } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { readTimeline } from './story.ts';

interface Found {
  id: string;
  originalPath: string;
  thumbhash: string | null;
}

async function listAssets(client: ApiClient): Promise<Found[]> {
  const ids = await readTimeline(client);
  return await Promise.all(ids.map((id) => client.call<Found>('GET', `/assets/${id}`)));
}

async function appIsAsleep(pids: () => Promise<number[]>): Promise<void> {
  await expect.poll(async () => (await pids()).length, { timeout: 60_000, interval: 500 }).toBe(1);
}

test('a photo copied into the library is in the timeline soon, awake or asleep, and keeps its asset when it is moved', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-watched-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [first, second] = await makeCameraPhotos(join(folder, 'camera'), 2);
  const data = join(folder, 'data');
  const darkroom = await startDarkroom({
    dataFolder: data,
    env: { DARKROOM_FACES: 'false', DARKROOM_IDLE_SECONDS: '3' },
  });
  onTestFinished(() => darkroom.killAll());
  const client = await signUp(darkroom.url);
  const me = await client.call<{ id: string }>('GET', '/users/me');
  await client.call('PUT', `/admin/users/${me.id}`, { storageLabel: 'anna' });
  const library = join(data, 'files/library');
  expect((await stat(library)).isDirectory()).toBe(true);

  await mkdir(join(library, 'anna/trip'), { recursive: true });
  await copyFile(first?.path ?? '', join(library, 'anna/trip/first.jpg'));
  await expect.poll(async () => (await listAssets(client)).length, { timeout: 90_000, interval: 500 }).toBe(1);

  await appIsAsleep(() => darkroom.listPids());
  await copyFile(second?.path ?? '', join(library, 'anna/trip/second.jpg'));
  await expect
    .poll(async () => (await darkroom.listPids()).length, { timeout: 30_000, interval: 200 })
    .toBeGreaterThan(1);
  await expect.poll(async () => (await listAssets(client)).length, { timeout: 90_000, interval: 500 }).toBe(2);

  const before = await listAssets(client);
  await rename(join(library, 'anna/trip'), join(library, 'anna/2024 trip'));
  const paths = async () => (await listAssets(client)).map((it) => it.originalPath).toSorted();
  await expect
    .poll(paths, { timeout: 90_000, interval: 500 })
    .toEqual(['library/anna/2024 trip/first.jpg', 'library/anna/2024 trip/second.jpg']);
  expect((await listAssets(client)).map((it) => it.id).toSorted()).toEqual(before.map((it) => it.id).toSorted());
});
