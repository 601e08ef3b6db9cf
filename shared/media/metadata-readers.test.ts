import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFixtures } from '#test/fixtures/index.ts';
import { makeCameraPhotos } from '#test/fixtures/camera-photos.ts';
import { makeMetadataVariants } from '#test/fixtures/metadata-variants.ts';
import { closeExiftool, readWithExiftool } from './exiftool-reader.ts';
import { readFast } from './fast-reader.ts';
import { readShape } from './read-shape.ts';
import { normalizeMetadata, type FoundMetadata } from './normalize-metadata.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-readers-'));
});
afterAll(async () => {
  await closeExiftool();
  await rm(folder, { recursive: true });
});

describe('the fast reader', () => {
  test('returns the same as exiftool, or declines, for usual and odd EXIF', async () => {
    const fast: string[] = [];
    for (const [index, { name, bytes }] of (await makeMetadataVariants()).entries()) {
      const path = join(folder, `${index}.jpg`);
      await writeFile(path, bytes);
      if (await compareReaders(path, name)) fast.push(name);
    }
    expect(fast).toEqual(expect.arrayContaining(usual));
  }, 60_000);

  test('returns the same as exiftool, or declines, for every fixture', async () => {
    const fast: string[] = [];
    for (const { name, path } of await listFixtures()) if (await compareReaders(path, name)) fast.push(name);
    expect(fast).toEqual(
      expect.arrayContaining(['phone-jpeg', 'orientation-6', 'gps-jpeg', 'gps-without-offset', 'no-exif']),
    );
  }, 60_000);

  test('reads every photo of a usual camera', async () => {
    for (const { path, fileName } of await makeCameraPhotos(folder, 12, { megapixels: 0.1 })) {
      expect(await compareReaders(path, fileName), fileName).toBe(true);
    }
  });

  const photos = process.env['DARKROOM_PHOTOS'];
  if (photos !== undefined)
    test('returns the same as exiftool for every file in DARKROOM_PHOTOS (a folder of yours)', async () => {
      for (const name of await readdir(photos, { recursive: true, withFileTypes: true })) {
        if (name.isFile()) await compareReaders(join(name.parentPath, name.name), name.name);
      }
    }, 600_000);
});

/** Variants that phones commonly write. */
const usual = [
  'date only',
  'fraction "016"',
  'offset "+00:00"',
  'offset "+05:30"',
  'winter in Paris',
  'position and offset',
  'position without date',
  'position in signed numbers',
  'position in decimal minutes',
  'time of the satellites and position',
  'offset "-05:30"',
  'date "2005: 3: 7  9: 5: 1"',
  'date "2022:09:02 14:28:"',
  'an hour that clocks repeat',
  'position at sea',
  'exposure 1/0',
  'text "true"',
  'text "1.0"',
  'text in Latin-1',
  'exposure 1/8000',
  'aperture 178/100',
  'lens "Pixel 7a back camera 5.43mm f/1.89"',
  'thumbnail of the same orientation',
  'notes of Apple',
  'notes of Google',
  'notes of Samsung phones',
  'rating 0',
  'motion photo',
  'colour profile',
  'trailer of Samsung',
  'plain JPEG',
];

/** True if the fast reader read it. */
async function compareReaders(path: string, name: string): Promise<boolean> {
  const { found } = await readFast(path);
  if (found === undefined) return false;
  const shape = await readShape(path, name);
  expect(normalize(found), name).toEqual(normalize({ ...(await readWithExiftool(path)), shape }));
  return true;
}

function normalize(found: FoundMetadata) {
  const fallbackDates = {
    fileCreatedAt: new Date('2024-02-03T04:05:06Z'),
    fileModifiedAt: new Date('2024-03-04T05:06:07Z'),
  };
  return normalizeMetadata(found, undefined, 1, { fallbackDates });
}
