import { stat } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { fixture, listFixtures, type Fixture } from '#test/fixtures/index.ts';
import type { MediaMetadata } from './media-metadata.ts';
import { normalizeMetadata, type FoundMetadata } from './normalize-metadata.ts';
import { closeMetadataReaders, readMetadata } from './read-metadata.ts';

const fallbackDates = {
  fileCreatedAt: new Date('2024-02-03T04:05:06Z'),
  fileModifiedAt: new Date('2024-03-04T05:06:07Z'),
};

afterAll(closeMetadataReaders);

describe('readMetadata', () => {
  test('reads the expected metadata of every fixture', async () => {
    for (const item of await listFixtures(({ faceCount }) => faceCount === undefined)) {
      const { name, path, truth } = item;
      const metadata = await read(item);
      const takenAt = new Date(truth.takenAt ?? fallbackDates.fileCreatedAt);
      expect(metadata, name).toMatchObject({
        make: truth.make ?? null,
        model: truth.model ?? null,
        moment: {
          instant: takenAt,
          wallTime: truth.localTime === undefined ? takenAt : new Date(truth.localTime),
          timeZone: truth.timeZone ?? null,
        },
        latitude: truth.latitude ?? null,
        longitude: truth.longitude ?? null,
        rating: truth.rating ?? null,
        description: truth.description ?? '',
        tags: truth.tags ?? [],
        fileSizeInByte: (await stat(path)).size,
      });
      if (truth.outcome === 'rendered')
        expect(metadata, name).toMatchObject({ width: truth.width, height: truth.height });
    }
  }, 60_000);

  test('reads a size as stored and as shown', async () => {
    expect(await read(await fixture('orientation-6'))).toMatchObject({
      exifImageWidth: 480,
      exifImageHeight: 640,
      width: 640,
      height: 480,
      orientation: '6',
    });
    expect(await read(await fixture('orientation-3'))).toMatchObject({
      exifImageWidth: 640,
      exifImageHeight: 480,
      width: 640,
      height: 480,
      orientation: '3',
    });
  });

  test('reads exposure and lens', async () => {
    expect(await read(await fixture('phone-jpeg'))).toMatchObject({
      exposureTime: '1/250',
      fNumber: 1.8,
      iso: 64,
      focalLength: 4.25,
      lensModel: 'Phone 1 back camera 4.25mm f/1.8',
      colorspace: 'sRGB',
      bitsPerSample: 8,
    });
  });

  test('lets the values of a sidecar win', async () => {
    const { path, fileName, truth } = await fixture('with-sidecar');
    const alone = await readMetadata(path, { fileName, fallbackDates });
    expect(alone).toMatchObject({ description: 'From the file', rating: null, tags: [] });
    expect(alone.moment.instant).toEqual(new Date('2010-10-10T10:10:10Z'));
    expect(truth.description).toBe('From the sidecar');
  });

  test('uses the earliest fallback date for files without a date', async () => {
    const { path, fileName } = await fixture('text-called-jpg');
    const { fileCreatedAt: earlier, fileModifiedAt: later } = fallbackDates;
    const request = { fileName, fallbackDates: { fileCreatedAt: later, fileModifiedAt: earlier } };
    expect(await readMetadata(path, request)).toMatchObject({
      moment: { instant: earlier, wallTime: earlier, timeZone: null },
      modifyDate: earlier,
      width: null,
      height: null,
    });
  });

  test('fails for a missing file', async () => {
    await expect(readMetadata('/nowhere/a.jpg', { fileName: 'a.jpg', fallbackDates })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

const noTime = { captured: undefined, namedZone: undefined, inferredZone: undefined };

describe('normalizeMetadata', () => {
  test('lets no NUL, NaN, lone surrogate or endless text through', () => {
    const metadata = normalize({
      Make: 'A\0B\uD800 ',
      Model: 42,
      ImageDescription: 'x'.repeat(100_000),
      FNumber: Number.NaN,
      ISO: Number.POSITIVE_INFINITY,
      FocalLength: '35 mm',
      TagsList: ['a\0', '', ' b ', 'b', 7, null],
      LensID: '----',
      ExposureTime: 0.5,
      ProjectionType: 'equirectangular',
    });
    expect(metadata).toMatchObject({ make: 'AB\uFFFD', model: '42', fNumber: null, iso: null, focalLength: null });
    expect(metadata).toMatchObject({
      tags: ['a', 'b', '7'],
      lensModel: null,
      exposureTime: '0.5',
      projectionType: 'EQUIRECTANGULAR',
    });
    expect(metadata.description.length).toBe(20_000);
  });

  test('never returns the size 0', () => {
    for (const tags of [{ ImageSize: '0x0' }, { ImageWidth: 0, ImageHeight: 0 }, { ImageSize: 'big' }]) {
      expect(normalize(tags)).toMatchObject({ exifImageWidth: null, exifImageHeight: null, width: null, height: null });
    }
    expect(normalize({ ImageSize: '6000x4000', ImageWidth: 160, ImageHeight: 120 })).toMatchObject({
      width: 6000,
      height: 4000,
    });
  });

  test('accepts ratings from 1 to 5 and the rejected one, and orientations from 1 to 8', () => {
    expect([-2, -1, 0, 1, 5, 6].map((Rating) => normalize({ Rating }).rating)).toEqual([null, -1, null, 1, 5, null]);
    expect([0, 1, 8, 9].map((Orientation) => normalize({ Orientation }).orientation)).toEqual([null, '1', '8', null]);
  });

  test('accepts only valid positions', () => {
    const at = (GPSLatitude: number, GPSLongitude: number) => normalize({ GPSLatitude, GPSLongitude });
    expect(at(0, 0)).toMatchObject({ latitude: null, longitude: null });
    expect(at(91, 0)).toMatchObject({ latitude: null, longitude: null });
    expect(at(0, 32.5)).toMatchObject({ latitude: 0, longitude: 32.5 });
    expect(normalize({ GPSLatitude: 3 })).toMatchObject({ latitude: null, longitude: null });
  });

  test('falls back to the tags of videos and Android for the maker', () => {
    expect(normalize({ DeviceManufacturer: 'Sony', DeviceModelName: 'ILCE-7M4' })).toMatchObject({
      make: 'Sony',
      model: 'ILCE-7M4',
    });
    expect(normalize({ AndroidMake: 'Google', AndroidModel: 'Pixel 7' })).toMatchObject({
      make: 'Google',
      model: 'Pixel 7',
    });
  });

  test('counts bits per channel', () => {
    expect(normalize({ BitsPerSample: '12 12 12' }).bitsPerSample).toBe(12);
    expect(normalize({ BitDepth: 24 }).bitsPerSample).toBe(8);
  });

  test('reads the wall time of a sidecar without zone in the zone of the file', () => {
    const wallTime = new Date('2021-07-04T12:00:00Z');
    const file: FoundMetadata = { tags: {}, ...noTime, inferredZone: 'Europe/Paris' };
    const sidecar: FoundMetadata = { tags: {}, ...noTime, captured: { wallTime, timeZone: undefined } };
    expect(normalizeMetadata(file, sidecar, 1, { fallbackDates })).toMatchObject({
      moment: { instant: new Date('2021-07-04T10:00:00Z'), wallTime, timeZone: 'Europe/Paris' },
    });
  });
});

function read({ path, fileName, sidecarPath }: Fixture): Promise<MediaMetadata> {
  return readMetadata(path, { fileName, fallbackDates, ...(sidecarPath === undefined ? {} : { sidecarPath }) });
}

function normalize(tags: Record<string, unknown>): MediaMetadata {
  return normalizeMetadata({ tags, ...noTime }, undefined, 1, { fallbackDates });
}
