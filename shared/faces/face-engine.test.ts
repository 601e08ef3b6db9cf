import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { decodeRgb, type RgbImage } from '#shared/media/decode-rgb.ts';
import { fixture, listFixtures } from '#test/fixtures/index.ts';
import { describeWithFaceModels } from '#test/support/face-models.ts';
import { type DetectedFace, openFaceEngine } from './face-engine.ts';
import { overlap } from './geometry.ts';
import { getModelSet } from './model-set.ts';

const set = getModelSet('faceplugin');
const decode = (path: string) => decodeRgb(path, { maxEdgePixels: 4096 });

function cosine(a: DetectedFace, b: DetectedFace): number {
  return a.embedding.reduce((sum, it, n) => sum + it * (b.embedding[n] ?? 0), 0);
}

/** Flips a picture horizontally. */
function mirror({ data, width, height }: RgbImage): RgbImage {
  const to = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      to.set(data.subarray(from, from + 3), (y * width + width - 1 - x) * 3);
    }
  }
  return { data: to, width, height };
}

/** An optional folder with pictures of people, one subfolder a person. */
const photos = process.env['DARKROOM_PHOTOS'];

await describeWithFaceModels('the face engine', (folder) => {
  const engine = openFaceEngine({ set, folder });
  afterAll(() => engine[Symbol.asyncDispose]());

  test('finds as many faces as a person counts', async () => {
    for (const { path, name, truth } of await listFixtures((it) => it.faceCount !== undefined)) {
      const image = await decode(path);
      const faces = await engine.detectAndEmbed(image);
      expect({ name, count: faces.length }).toEqual({ name, count: truth.faceCount });
      for (const face of faces) {
        expect(face.x1).toBeGreaterThanOrEqual(0);
        expect(face.y2).toBeLessThanOrEqual(image.height);
        expect(Math.hypot(...face.embedding)).toBeCloseTo(1, 5);
        expect(face.embedding).toHaveLength(512);
        const [leftEye, rightEye, nose, leftMouth] = face.landmarks;
        expect(leftEye.x).toBeLessThan(rightEye.x);
        expect(leftEye.y).toBeLessThan(leftMouth.y);
        expect(nose.y).toBeGreaterThan(Math.min(leftEye.y, rightEye.y));
      }
    }
  });

  test('finds no face in pictures without one', async () => {
    for (const name of ['phone-jpeg', 'png', 'no-exif'] as const) {
      expect(await engine.detectAndEmbed(await decode((await fixture(name)).path))).toEqual([]);
    }
  });

  test('a mirrored face is the same person, other faces in the picture are not', async () => {
    const image = await decode((await fixture('people-5')).path);
    const faces = await engine.detectAndEmbed(image);
    const mirrored = await engine.detectAndEmbed(mirror(image));
    for (const face of faces) {
      const twin = mirrored.find(
        (it) => overlap({ ...it, x1: image.width - it.x2, x2: image.width - it.x1 }, face) > 0.5,
      );
      expect(twin && cosine(face, twin)).toBeGreaterThan(1 - set.distanceMax);
    }
    for (const [n, a] of faces.entries()) for (const b of faces.slice(n + 1)) expect(cosine(a, b)).toBeLessThan(0.5);
  });

  test('a smaller copy of a picture gives the same faces', async () => {
    const { path } = await fixture('people-4');
    const large = await engine.detectAndEmbed(await decode(path));
    const small = await engine.detectAndEmbed(await decodeRgb(path, { maxEdgePixels: 700 }));
    expect(small).toHaveLength(large.length);
    for (const face of small) expect(Math.max(...large.map((it) => cosine(it, face)))).toBeGreaterThan(0.8);
  });

  test('a picture of a few pixels has no faces', async () => {
    for (const [width, height] of [
      [1, 1],
      [2, 300],
      [4000, 1],
    ] as const) {
      const image = { data: new Uint8Array(width * height * 3).fill(90), width, height };
      expect(await engine.detectAndEmbed(image)).toEqual([]);
    }
  });

  test('ends with the reason of its signal', async () => {
    const image = await decode((await fixture('people-1')).path);
    await expect(engine.detectAndEmbed(image, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  const people = photos === undefined ? undefined : join(photos, 'people');
  if (people === undefined || !existsSync(people)) return;

  test('people with many pictures are distinguished', { timeout: 120_000 }, async () => {
    const faces: { person: string; face: DetectedFace }[] = [];
    for (const entry of await readdir(people, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const name of await readdir(join(people, entry.name))) {
        const [face] = await engine.detectAndEmbed(await decode(join(people, entry.name, name)));
        if (face !== undefined) faces.push({ person: entry.name, face });
      }
    }
    const pairs = faces.flatMap((a, n) => faces.slice(n + 1).map((b) => ({ isSame: a.person === b.person, a, b })));
    const near = pairs.filter(({ a, b }) => 1 - cosine(a.face, b.face) <= set.distanceMax);
    expect(near.filter((it) => !it.isSame)).toEqual([]);
    expect(near.length).toBeGreaterThan(0.85 * pairs.filter((it) => it.isSame).length);
  });

  test('in pictures of groups all faces are found, and no two are taken for one person', async () => {
    // Counted by a person; bbt2 has one more face in the background.
    const counts = { 'bbt1.jpg': 4, 'bbt2.jpg': 3, 'bbt3.jpg': 5, 'bbt4.jpg': 6, 'bbt5.jpg': 5 };
    for (const [name, count] of Object.entries(counts)) {
      const faces = await engine.detectAndEmbed(await decode(join(people, name)));
      expect({ name, count: faces.length }).toEqual({ name, count });
      for (const [n, a] of faces.entries()) {
        for (const b of faces.slice(n + 1)) expect(1 - cosine(a, b)).toBeGreaterThan(set.distanceMax);
      }
    }
  });
});

test('a file that is not a model is an error that names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-no-model-'));
  await writeFile(join(folder, 'fr_detect.onnx'), 'no model');
  await using engine = openFaceEngine({ set, folder });
  const image = { data: new Uint8Array(300), width: 10, height: 10 };
  await expect(engine.detectAndEmbed(image)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining('fr_detect.onnx'),
  });
  await rm(folder, { recursive: true });
});
