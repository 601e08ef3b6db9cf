import { exiftool } from 'exiftool-vendored';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { toolVersions } from './tool-versions.ts';

afterAll(() => exiftool.end());

test('the reported versions are the real ones', async () => {
  expect(toolVersions).toEqual({ exiftool: await exiftool.version(), libvips: sharp.versions.vips });
});
