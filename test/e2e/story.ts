import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { listFixtures, makeCameraPhotos } from '#test/fixtures/index.ts';
import { signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { immich } from '#test/support/immich-cli.ts';

interface Asset {
  id: string;
  originalFileName: string;
  thumbhash: string | null;
  width: number;
  height: number;
  checksum: string;
  localDateTime: string;
  people: { id: string }[];
  exifInfo: { make: string | null; model: string | null; fileSizeInByte: number; city: string | null };
}

/**
 * The main job: the command line client logs in with an API key and uploads a folder of photos with albums. Each photo
 * gets its row, EXIF, thumbnails, faces and people, and is in the timeline; a second upload of the same folder has only
 * duplicates.
 */
export async function tellStory(url: string, workFolder: string): Promise<void> {
  const client = await signUp(url);
  const photos = await layOutPhotos(workFolder);
  const configFolder = join(workFolder, 'cli');
  await mkdir(configFolder, { recursive: true });
  await immich(configFolder, 'login', url, client.apiKey);
  const firstRun = await immich(
    configFolder,
    'upload',
    '--recursive',
    '--album',
    '--concurrency',
    '4',
    '--no-progress',
    photos.folder,
  );
  expect(firstRun).toContain(`Successfully uploaded ${photos.count} new asset`);

  const queues = await waitUntilSettled(client);
  expect(Object.values(queues).map((queue) => queue.jobCounts.failed)).toEqual(Object.values(queues).map(() => 0));
  const ids = await readTimeline(client);
  expect(ids).toHaveLength(photos.count);
  const assets = await Promise.all(ids.map((id) => client.call<Asset>('GET', `/assets/${id}`)));
  for (const asset of assets) await expectComplete(client, asset, photos.pathOf);
  await expectPeople(client);
  await expectAlbums(client, photos.albums);

  const secondRun = await immich(configFolder, 'upload', '--recursive', '--no-progress', photos.folder);
  expect(secondRun).toMatch(/duplicate/i);
  expect(secondRun).not.toMatch(/Successfully uploaded/);
  expect(await readTimeline(client)).toHaveLength(photos.count);
  const { total } = await client.call<{ total: number }>('GET', '/assets/statistics');
  expect(total).toBe(photos.count);
}

interface Photos {
  folder: string;
  count: number;
  albums: Record<string, number>;
  pathOf: ReadonlyMap<string, string>;
}

/** Two folders: photos of a camera, and pictures of people, one of whom is on enough of them to become a person. */
async function layOutPhotos(workFolder: string): Promise<Photos> {
  const folder = join(workFolder, 'photos');
  const [camera, people] = [join(folder, 'Holidays'), join(folder, 'Family')];
  await mkdir(people, { recursive: true });
  await makeCameraPhotos(camera, 12, { megapixels: 2, seed: 7 });
  const originals = (await listFixtures((truth) => 'faceCount' in truth && (truth.faceCount ?? 0) > 0)).map(
    (it) => it.path,
  );
  for (const path of originals) await copyFile(path, join(people, path.split('/').at(-1) ?? ''));
  // The same people with other brightness, as in burst pictures.
  for (const [n, path] of originals.slice(0, 2).entries()) {
    for (const brightness of [0.9, 1.1]) {
      await sharp(path)
        .modulate({ brightness })
        .jpeg({ quality: 90 })
        .toFile(join(people, `again-${n}-${brightness}.jpg`));
    }
  }
  const pathOf = new Map<string, string>();
  for (const album of [camera, people]) for (const name of await readdir(album)) pathOf.set(name, join(album, name));
  const albums = { Holidays: (await readdir(camera)).length, Family: (await readdir(people)).length };
  return { folder, count: pathOf.size, albums, pathOf };
}

/** Every asset of the timeline, read as the web client does: the months, then the columns of each. */
export async function readTimeline(client: ApiClient): Promise<string[]> {
  const buckets = await client.call<{ timeBucket: string; count: number }[]>('GET', '/timeline/buckets');
  const ids: string[] = [];
  for (const { timeBucket, count } of buckets) {
    const columns = await client.call<Record<string, unknown[]> & { id: string[] }>(
      'GET',
      `/timeline/bucket?timeBucket=${timeBucket}`,
    );
    expect(columns.id).toHaveLength(count);
    for (const column of Object.values(columns)) expect(column).toHaveLength(count);
    ids.push(...columns.id);
  }
  return ids;
}

async function expectComplete(client: ApiClient, asset: Asset, pathOf: ReadonlyMap<string, string>): Promise<void> {
  expect(asset.thumbhash).toMatch(/^[\w+/]{20,}={0,2}$/);
  expect(Math.min(asset.width, asset.height)).toBeGreaterThan(0);
  const thumbnail = await readImage(client, `/assets/${asset.id}/thumbnail?size=thumbnail`);
  expect(thumbnail).toMatchObject({ format: 'webp', shortEdge: Math.min(250, asset.width, asset.height) });
  const preview = await readImage(client, `/assets/${asset.id}/thumbnail?size=preview`);
  expect(preview).toMatchObject({ format: 'jpeg', shortEdge: Math.min(1440, asset.width, asset.height) });
  const path = pathOf.get(asset.originalFileName) ?? '';
  expect(asset.exifInfo.fileSizeInByte).toBe((await stat(path)).size);
  const original = await client.fetch(`/assets/${asset.id}/original`);
  expect(Buffer.from(await original.arrayBuffer()).equals(await readFile(path))).toBe(true);
}

async function readImage(client: ApiClient, path: string): Promise<{ format: string | undefined; shortEdge: number }> {
  const response = await client.fetch(path);
  expect(response.status).toBe(200);
  const { format, width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
  return { format, shortEdge: Math.min(width, height) };
}

async function expectPeople(client: ApiClient): Promise<void> {
  const { people, total } = await client.call<{ people: { id: string; thumbnailPath: string }[]; total: number }>(
    'GET',
    '/people',
  );
  expect(total).toBeGreaterThan(0);
  for (const { id } of people) {
    const { assets } = await client.call<{ assets: number }>('GET', `/people/${id}/statistics`);
    expect(assets).toBeGreaterThanOrEqual(3);
  }
}

async function expectAlbums(client: ApiClient, expected: Record<string, number>): Promise<void> {
  const albums = await client.call<{ albumName: string; assetCount: number }[]>('GET', '/albums');
  expect(Object.fromEntries(albums.map((album) => [album.albumName, album.assetCount]))).toEqual(expected);
}
