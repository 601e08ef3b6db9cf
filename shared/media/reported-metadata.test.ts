import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRealPhotos } from '#test/support/real-photos.ts';
import { reportedMetadata, writeReport, type ReportedMetadata } from '#test/fixtures/reported-metadata.ts';
import { closeExiftool, readWithExiftool } from './exiftool-reader.ts';
import { normalizeMetadata } from './normalize-metadata.ts';
import { closeMetadataReaders, readMetadata } from './read-metadata.ts';

const fallbackDates = {
  fileCreatedAt: new Date('2024-02-03T04:05:06Z'),
  fileModifiedAt: new Date('2024-03-04T05:06:07Z'),
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-reports-'));
});
afterAll(async () => {
  await closeMetadataReaders();
  await closeExiftool();
  await rm(folder, { recursive: true });
});

describe('metadata from bug reports of photo programs', () => {
  test.each(Object.entries(reportedMetadata))('%s is read', async (name, report) => {
    const { picture, sidecar } = await writeReport(report);
    const path = join(folder, `${Object.keys(reportedMetadata).indexOf(name)}.jpg`);
    await writeFile(path, picture);
    if (sidecar !== undefined) await writeFile(`${path}.xmp`, sidecar);
    await check(path, sidecar === undefined ? undefined : `${path}.xmp`, report.truth);
    const slowly = await readWithExiftool(path);
    const quickly = await readMetadata(path, { fileName: 'a.jpg', fallbackDates });
    expect(normalizeMetadata(slowly, undefined, picture.length, { fallbackDates })).toEqual(quickly);
  });
});

const photos = findRealPhotos('reports');
const inFolder: Record<string, ReportedMetadata['truth']> = {
  'caption-latin1.jpg': { description: 'Köln am Rhein' },
  'caption-true.jpg': { description: 'true' },
  'date-day-only-iptc.jpg': { wallTime: '1987-06-05T00:00:00', timeZone: null },
  'date-no-seconds-trailing-colon.jpg': { wallTime: '2022-09-02T14:28:00', timeZone: null },
  'date-offset-minus0530.jpg': {
    wallTime: '2024-07-15T18:00:00',
    instant: '2024-07-15T23:30:00',
    timeZone: 'UTC-5:30',
  },
  'date-offset-minus1200.jpg': {
    wallTime: '2024-07-15T18:00:00',
    instant: '2024-07-16T06:00:00',
    timeZone: 'UTC-12',
  },
  'date-space-padded.jpg': { wallTime: '2005-03-07T09:05:01', timeZone: null },
  'date-year-only-xmp.jpg': { wallTime: '1987-01-01T00:00:00', timeZone: null },
  'sidecar-s10_gps.jpg': { wallTime: '2024-07-15T18:00:00', timeZone: 'UTC-5', latitude: 35.68, longitude: 139.77 },
  'sidecar-s18_dateonly.jpg': { wallTime: '1987-06-05T00:00:00', timeZone: null },
  'sidecar-s20_badzone.jpg': { wallTime: '1935-06-05T10:00:00', instant: '1935-06-05T09:40:00' },
  'sidecar-s2_rating0.jpg': { rating: null, wallTime: '2024-07-15T18:00:00', timeZone: 'UTC-5' },
  'uppercase-sidecar.jpg': { rating: 5 },
};

if (photos !== undefined) {
  test.each(Object.entries(inFolder))('%s from the reports is read', async (name, truth) => {
    const path = join(photos, name);
    const sidecarPath = [`${path}.xmp`, `${path}.XMP`].find((it) => existsSync(it));
    await check(path, sidecarPath, truth);
  });
}

async function check(path: string, sidecarPath: string | undefined, truth: ReportedMetadata['truth']): Promise<void> {
  const request = { fileName: 'a.jpg', fallbackDates, ...(sidecarPath === undefined ? {} : { sidecarPath }) };
  const { moment, ...metadata } = await readMetadata(path, request);
  const seconds = (date: Date) => date.toISOString().slice(0, 19);
  const { instant, wallTime, timeZone } = moment;
  const shown = { ...metadata, instant: seconds(instant), wallTime: seconds(wallTime), timeZone };
  expect(shown).toMatchObject(truth);
}
