import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildLargeVideo } from '#test/fixtures/video.ts';
import { pickMetadataRanges } from './metadata-ranges.ts';
import { closeMetadataReaders, readMetadata } from './read-metadata.ts';

afterAll(closeMetadataReaders);

const fallbackDates = { fileCreatedAt: new Date(0), fileModifiedAt: new Date(0) };

const objectOf = (bytes: Buffer) => ({
  sizeBytes: bytes.length,
  read: async ({ start, end }: { start: number; end: number }) => bytes.subarray(start, end + 1),
});

test('the parts of a large video give the same metadata as the whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-ranges-'));
  const bytes = buildLargeVideo(40_000_000);
  const ranges = (await pickMetadataRanges('film.mp4', objectOf(bytes))) ?? [];
  const read: unknown[] = [];
  for (const parts of [[{ start: 0, end: bytes.length - 1 }], ranges]) {
    const path = join(folder, `film-${parts.length}.mp4`);
    await using file = await open(path, 'w');
    await file.truncate(bytes.length);
    for (const { start, end } of parts) await file.write(bytes, start, end - start + 1, start);
    read.push(await readMetadata(path, { fileName: 'film.mp4', fallbackDates }));
    if (parts === ranges) expect((await stat(path)).blocks * 512).toBeLessThan(2 ** 20);
  }
  expect(read[1]).toEqual(read[0]);
  expect(read[0]).toMatchObject({ moment: { instant: new Date('2021-07-04T16:30:15Z') } });
  await rm(folder, { recursive: true });
});

test('boxes of any length end the search, and small files and pictures are read as a whole', async () => {
  const large = Buffer.alloc(9 * 2 ** 20);
  const start = Buffer.from('\0\0\0\x10ftypmp42\0\0\0\0', 'latin1');
  for (const length of [0, 1, 7, 8, 0xffff_ffff]) {
    const broken = Buffer.concat([start, large]);
    broken.writeUInt32BE(length, 16);
    broken.write('moov', 20, 'latin1');
    const ranges = (await pickMetadataRanges('film.mp4', objectOf(broken))) ?? [];
    expect(ranges[0]?.start).toBe(0);
    expect(ranges.at(-1)?.end).toBe(broken.length - 1);
    expect(ranges.every(({ start, end }) => start <= end)).toBe(true);
  }
  expect(await pickMetadataRanges('film.mp4', objectOf(start))).toBeUndefined();
  const picture = Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), large]);
  expect(await pickMetadataRanges('a.jpg', objectOf(picture))).toBeUndefined();
  const matroska = Buffer.concat([Buffer.from('\x1aE\xdf\xa3', 'latin1'), large]);
  expect(await pickMetadataRanges('a.mkv', objectOf(matroska))).toHaveLength(2);
});
