import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fixture } from '#test/fixtures/index.ts';
import { signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';

interface Asset {
  id: string;
  originalPath: string;
  libraryId: string | null;
  thumbhash: string | null;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function listTimeline(client: ApiClient): Promise<Asset[]> {
  const months = await client.call<{ timeBucket: string }[]>('GET', '/timeline/buckets');
  const pages = await Promise.all(
    months.map(({ timeBucket }) => client.call<{ id: string[] }>('GET', `/timeline/bucket?timeBucket=${timeBucket}`)),
  );
  const ids = pages.flatMap((page) => page.id);
  return Promise.all(ids.map((id) => client.call<Asset>('GET', `/assets/${id}`)));
}

test('a requested scan of a library adds complete assets, keeps renamed ones, and a deletion of the library keeps the files', async () => {
  const photos = join(folder, 'photos');
  await mkdir(join(photos, '2024'), { recursive: true });
  await mkdir(join(photos, 'Raw'));
  const names = ['xmp-tags', 'iptc-keywords', 'panorama'] as const;
  for (const name of names) await copyFile((await fixture(name)).path, join(photos, '2024', `${name}.jpg`));
  await copyFile((await fixture('rating-zero')).path, join(photos, 'Raw/hidden.jpg'));
  const darkroom = await startDarkroom({
    dataFolder: join(folder, 'data'),
    env: { DARKROOM_EXTERNAL_FOLDERS: photos, DARKROOM_FACES: 'false' },
  });
  onTestFinished(() => darkroom.killAll());
  const client = await signUp(darkroom.url);
  const { id: ownerId } = await client.call<{ id: string }>('GET', '/users/me');
  const library = await client.call<{ id: string }>('POST', '/libraries', {
    ownerId,
    importPaths: [photos],
    exclusionPatterns: ['**/Raw/**'],
  });
  const scan = () => client.call('POST', `/libraries/${library.id}/scan`);
  const paths = async () => (await listTimeline(client)).map((it) => it.originalPath).toSorted();

  await scan();
  const expected = names.map((name) => join(photos, '2024', `${name}.jpg`)).toSorted();
  await expect.poll(paths, { timeout: 90_000, interval: 500 }).toEqual(expected);
  await waitUntilSettled(client);
  const before = await listTimeline(client);
  for (const { id, thumbhash, libraryId } of before) {
    expect({ libraryId, isRendered: thumbhash !== null }).toEqual({ libraryId: library.id, isRendered: true });
    for (const path of ['original', 'thumbnail', 'thumbnail?size=preview'])
      expect((await client.fetch(`/assets/${id}/${path}`)).status).toBe(200);
  }

  await rename(join(photos, '2024'), join(photos, 'Summer'));
  await scan();
  const renamed = expected.map((path) => path.replace('/2024/', '/Summer/'));
  await expect.poll(paths, { timeout: 90_000, interval: 500 }).toEqual(renamed);
  const after = await listTimeline(client);
  expect(after.map((it) => it.id).toSorted()).toEqual(before.map((it) => it.id).toSorted());
  expect(await client.call('GET', `/libraries/${library.id}`)).toMatchObject({ assetCount: 3 });

  await client.call('DELETE', `/libraries/${library.id}`);
  expect(await paths()).toEqual([]);
  expect(await readdir(join(photos, 'Summer'))).toHaveLength(3);
  const again = await client.call<{ id: string }>('POST', '/libraries', { ownerId, importPaths: [photos] });
  await client.call('POST', `/libraries/${again.id}/scan`);
  await expect.poll(async () => (await paths()).length, { timeout: 90_000, interval: 500 }).toBe(4);
  await darkroom.stop();
});

test.each(['ingest/after-hash', 'ingest/after-commit'])(
  'a power cut at %s neither loses nor duplicates a photo of a library',
  async (point) => {
    const photos = join(folder, 'photos');
    await mkdir(photos);
    const names = ['xmp-tags', 'iptc-keywords', 'panorama'] as const;
    for (const name of names) await copyFile((await fixture(name)).path, join(photos, `${name}.jpg`));
    const once = join(folder, 'crashed');
    const darkroom = await startDarkroom({
      dataFolder: join(folder, 'data'),
      env: {
        DARKROOM_EXTERNAL_FOLDERS: photos,
        DARKROOM_FACES: 'false',
        DARKROOM_CRASH_AT: `${point}:2`,
        DARKROOM_CRASH_ONCE: once,
      },
    });
    onTestFinished(() => darkroom.killAll());
    const client = await signUp(darkroom.url);
    const { id: ownerId } = await client.call<{ id: string }>('GET', '/users/me');
    const { id } = await client.call<{ id: string }>('POST', '/libraries', { ownerId, importPaths: [photos] });
    await client.call('POST', `/libraries/${id}/scan`);
    // A process that is being restarted does not answer.
    const paths = () =>
      listTimeline(client).then(
        (assets) => assets.map((it) => it.originalPath).toSorted(),
        () => undefined,
      );
    const expected = names.map((name) => join(photos, `${name}.jpg`)).toSorted();
    await expect.poll(paths, { timeout: 120_000, interval: 500 }).toEqual(expected);
    expect(existsSync(once)).toBe(true);
    await waitUntilSettled(client);
    expect((await listTimeline(client)).every((it) => it.thumbhash !== null)).toBe(true);
    expect(await client.call('GET', `/libraries/${id}/statistics`)).toMatchObject({ total: names.length });
    await darkroom.stop();
  },
);
