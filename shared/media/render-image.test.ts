import { join } from 'node:path';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import { describe, expect, test } from 'vitest';
import { findRealPhotos } from '#test/support/real-photos.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { quadrantColors, type Color } from '#test/fixtures/draw.ts';
import { fixture, listFixtures } from '#test/fixtures/index.ts';
import { fitShortEdge, mediaRecipe } from './pixel-sizes.ts';
import { renderImage } from './render-image.ts';
import { sharp } from './sharp.ts';

describe('renderImage', () => {
  test('makes a WebP, a JPEG and a thumbhash of every picture that can be rendered', async () => {
    for (const { name, path, truth } of await listFixtures(({ outcome }) => outcome === 'rendered')) {
      const image = await renderImage(path);
      const size = { width: truth.width ?? 0, height: truth.height ?? 0 };
      expect(image, name).toMatchObject({
        ...size,
        orientation: truth.orientation ?? 1,
        format: { name: truth.format },
      });
      const { thumbnail, preview } = image;
      const small = fitShortEdge(size, mediaRecipe.thumbnail);
      const large = fitShortEdge(size, mediaRecipe.preview);
      expect(await sharp(thumbnail.bytes).metadata(), name).toMatchObject({ format: 'webp', ...small });
      expect(await sharp(preview.bytes).metadata(), name).toMatchObject({ format: 'jpeg', ...large });
      expect(thumbnail, name).toMatchObject({ mimeType: 'image/webp', ...small });
      expect(preview, name).toMatchObject({ mimeType: 'image/jpeg', ...large });
      expect(image.thumbhash.length, name).toBeGreaterThan(4);
    }
  }, 60_000);

  test('turns pictures of all eight orientations upright', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
      const { path } = await fixture(`orientation-${orientation}`);
      const { preview, thumbnail } = await renderImage(path);
      await expectQuadrants(preview.bytes, `preview ${orientation}`);
      await expectQuadrants(thumbnail.bytes, `thumbnail ${orientation}`);
    }
  });

  test('keeps the colours of deep, grey, CMYK and wide gamut pictures', async () => {
    for (const name of ['png-16-bit', 'display-p3-jpeg', 'adobe-rgb-tiff', 'avif', 'gif', 'webp', 'tiff'] as const) {
      const { preview, thumbnail } = await renderImage((await fixture(name)).path);
      await expectQuadrants(preview.bytes, name);
      await expectQuadrants(thumbnail.bytes, name);
    }
    const { preview } = await renderImage((await fixture('cmyk-jpeg')).path);
    await expectQuadrants(preview.bytes, 'cmyk-jpeg', 70);
    const grey = await renderImage((await fixture('grey-jpeg')).path);
    const [red, green, blue] = await readPixel(grey.preview.bytes, 0.25, 0.3);
    expect([green, blue]).toEqual([red, red]);
  });

  test('tags wide gamut pictures as Display P3 and leaves sRGB untagged', async () => {
    const profileOf = async (bytes: Uint8Array) => (await sharp(bytes).metadata()).icc?.toString('latin1');
    for (const name of ['display-p3-jpeg', 'adobe-rgb-tiff'] as const) {
      const { preview, thumbnail } = await renderImage((await fixture(name)).path);
      expect(await profileOf(preview.bytes)).toContain('acsp');
      expect(await profileOf(thumbnail.bytes)).toBe(await profileOf(preview.bytes));
    }
    for (const name of ['phone-jpeg', 'cmyk-jpeg', 'png'] as const) {
      const { preview, thumbnail } = await renderImage((await fixture(name)).path);
      expect([await profileOf(preview.bytes), await profileOf(thumbnail.bytes)]).toEqual([undefined, undefined]);
    }
  });

  test('keeps transparency in the thumbnail and lays it on white in the preview', async () => {
    const { preview, thumbnail } = await renderImage((await fixture('png-with-alpha')).path);
    expect((await readPixel(thumbnail.bytes, 0.02, 0.02))[3]).toBe(0);
    expect((await readPixel(thumbnail.bytes, 0.5, 0.5))[3]).toBe(255);
    expect(await readPixel(preview.bytes, 0.02, 0.02)).toEqual([255, 255, 255]);
  });

  test('takes the first frame of an animation', async () => {
    const { preview, thumbnail } = await renderImage((await fixture('animated-gif')).path);
    await expectQuadrants(preview.bytes, 'animated-gif');
    expect((await sharp(thumbnail.bytes).metadata()).pages ?? 1).toBe(1);
  });

  test('writes the preview with full chroma', async () => {
    const { preview } = await renderImage((await fixture('phone-jpeg')).path);
    expect((await sharp(preview.bytes).metadata()).chromaSubsampling).toBe('4:4:4');
  });

  test('makes a thumbhash of the upright picture', async () => {
    const { thumbhash } = await renderImage((await fixture('orientation-6')).path);
    expect(thumbHashToApproximateAspectRatio(thumbhash)).toBeGreaterThan(1);
    const { r, g, b } = thumbHashToAverageRGBA(thumbhash);
    expect([r, g, b].map((share) => Math.round(share * 10))).toEqual([5, 4, 3]);
  });

  test('renders a file that was cut off near its end, with a warning', async () => {
    const { warning, preview } = await renderImage((await fixture('jpeg-without-eoi')).path);
    expect(warning).toMatch(/ends before/);
    await expectQuadrants(preview.bytes, 'jpeg-without-eoi');
    for (const name of ['jpeg-cut-near-end', 'png-cut-near-end', 'progressive-without-detail'] as const) {
      const { path } = await fixture(name);
      const cut = await renderImage(path);
      expect(cut.warning, name).toBeDefined();
      expect(await readPixel(cut.preview.bytes, 0.25, 0.3), name).toSatisfy(isLike(quadrantColors.topLeft));
      await expect(renderImage(path, { missingPercentMax: 0 }), name).rejects.toMatchObject({
        code: 'media/undecodable',
      });
    }
    const { path } = await fixture('jpeg-mostly-missing');
    expect((await renderImage(path, { missingPercentMax: 90 })).warning).toBeDefined();
  });

  test('renders samples of floats and 32 bits from black to white', async () => {
    const grey = await renderImage((await fixture('grey-jpeg')).path);
    const [expected = 0] = await readPixel(grey.preview.bytes, 0.75, 0.75);
    for (const name of [
      'tiff-float-grey',
      'tiff-float-grey-inverted',
      'tiff-half-float-grey',
      'tiff-32-bit-grey',
    ] as const) {
      const { preview, thumbnail } = await renderImage((await fixture(name)).path);
      for (const bytes of [preview.bytes, thumbnail.bytes])
        expect(await readPixel(bytes, 0.75, 0.75), name).toSatisfy(isLike([expected, expected, expected]));
    }
    await expectQuadrants(
      (await renderImage((await fixture('tiff-32-bit-rgb')).path)).preview.bytes,
      'tiff-32-bit-rgb',
    );
  });

  test('does not take an extra channel without meaning for transparency', async () => {
    for (const name of ['tiff-spare-channel', 'tiff-spare-channel-unnamed', 'tiff-two-spare-channels'] as const) {
      const { preview, thumbnail } = await renderImage((await fixture(name)).path);
      await expectQuadrants(preview.bytes, name);
      await expectQuadrants(thumbnail.bytes, name);
      expect((await sharp(thumbnail.bytes).metadata()).hasAlpha, name).toBe(false);
    }
    const grey = await renderImage((await fixture('tiff-spare-channel-grey')).path);
    const [red = 0, green, blue] = await readPixel(grey.thumbnail.bytes, 0.75, 0.75);
    expect([green, blue]).toEqual([red, red]);
    expect(red).toBeGreaterThan(150);
    expect(red).toBeLessThan(220);
  });

  test('applies the orientation that inspectImage reads from the header', async () => {
    for (const name of ['avif-turned-by-its-box', 'orientation-of-xmp-only', 'orientation-against-sidecar'] as const)
      await expectQuadrants((await renderImage((await fixture(name)).path)).preview.bytes, name);
  });

  const reports = findRealPhotos('reports');
  if (reports !== undefined)
    test('renders the pictures of bug reports', async () => {
      const cut = await renderImage(join(reports, 'jpeg-without-eoi.jpg'));
      expect(cut).toMatchObject({ width: 400, height: 300, warning: expect.any(String) as string });
      const grey = await renderImage(join(reports, 'tiff-float-gray.tif'));
      const { channels } = await sharp(grey.preview.bytes).stats();
      expect(channels[0]?.mean).toBeCloseTo(0.5113 * 255, -0.5);
      for (const name of ['orientation-irot-exif1.avif', 'orientation-irot-no-exif.avif'])
        expect(await renderImage(join(reports, name)), name).toMatchObject({ width: 300, height: 400, orientation: 1 });
      expect(await renderImage(join(reports, 'orientation-xmp6-only.jpg'))).toMatchObject({ width: 400, height: 300 });
    });

  test('names the reason why a picture cannot be rendered', async () => {
    for (const { name, path, truth } of await listFixtures(({ outcome }) => outcome !== 'rendered')) {
      await expect(renderImage(path), name).rejects.toMatchObject({ code: truth.outcome });
    }
    const { path } = await fixture('truncated-jpeg');
    await expect(renderImage(path)).rejects.toThrow(/premature end/);
    await expect(renderImage(path)).rejects.not.toThrow(path);
  });

  test('refuses more pixels than allowed before it decodes any', async () => {
    const { path } = await fixture('phone-jpeg');
    await expect(renderImage(path, { inputPixelsMax: 1000 })).rejects.toMatchObject({ code: 'media/too-large' });
  });

  test('gives up after its time limit', async () => {
    const { path } = await fixture('people-6');
    await expect(renderImage(path, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'media/timeout' });
  });

  test('stops with the reason of its signal', async () => {
    const { path } = await fixture('people-6');
    const reason = new Error('lease lost');
    await expect(renderImage(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const rendering = renderImage(path, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(rendering).rejects.toBe(reason);
  });

  test('does not blame the picture for a file that cannot be read', async () => {
    const error: unknown = await renderImage('/nowhere/IMG_0001.JPG').catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(isDarkroomError(error)).toBe(false);
  });
});

const isLike =
  (expected: Color, tolerance = 16) =>
  (actual: readonly number[]) =>
    expected.every((value = 0, at) => Math.abs(value - (actual[at] ?? 0)) <= tolerance);

async function expectQuadrants(bytes: Uint8Array, name: string, tolerance = 16): Promise<void> {
  const places: [Color, number, number][] = [
    [quadrantColors.topLeft, 0.25, 0.3],
    [quadrantColors.topRight, 0.75, 0.3],
    [quadrantColors.bottomRight, 0.75, 0.75],
    [quadrantColors.bottomLeft, 0.25, 0.75],
    [[0, 0, 0], 0.5, 0.01],
  ];
  for (const [expected, x, y] of places) {
    const actual = await readPixel(bytes, x, y);
    const off = Math.max(...expected.slice(0, 3).map((value = 0, at) => Math.abs(value - (actual[at] ?? 0))));
    expect(off, `${name} at ${x}, ${y}: ${actual.join()} for ${expected.join()}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Reads one pixel in sRGB; `x` and `y` are fractions of the width and height. */
async function readPixel(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}
