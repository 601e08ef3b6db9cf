import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { fixture } from '#test/fixtures/index.ts';
import { writePngBomb } from '#test/fixtures/png-bomb.ts';
import { listChildren, readResidentMebibytes, waitForHandlers, watchChildren } from '#test/support/child-processes.ts';
import { createDecoder, type DecoderSettings } from './decoder.ts';
import { decodeRgb } from './decode-rgb.ts';
import { renderImage } from './render-image.ts';

const usual: DecoderSettings = {
  DARKROOM_DECODE_MIB: 192,
  DARKROOM_DECODE_MEMORY_MIB: 300,
  DARKROOM_DECODE_SECONDS: 60,
};
const apart: DecoderSettings = { ...usual, DARKROOM_DECODE_MIB: 0.001 };
const calm = { isSuspect: false };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-decoder-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of less than 1 MB that takes 893 MB when decoded. */
async function writeBomb(): Promise<string> {
  const path = join(folder, 'bomb.png');
  await writePngBomb(path, { edgePixels: 12_200, bitDepth: 16, colorType: 'rgb', interlaced: true });
  return path;
}

/** Waits for the decoding child process and returns its id. */
async function findChild(before: readonly number[]): Promise<number> {
  for (;;) {
    const child = (await listChildren()).find((pid) => !before.includes(pid));
    if (child !== undefined) return child;
    await wait(5);
  }
}

describe('the decoder', () => {
  test('decodes a picture beyond the memory budget in a child process, which fails it', async () => {
    const path = await writeBomb();
    const rssBefore = process.memoryUsage.rss();
    const { result, peakMebibytes } = await watchChildren(() => createDecoder(usual).renderImage(path, {}, calm));
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'media/too-large', retry: false } });
    expect((result as PromiseRejectedResult).reason).toMatchObject({ message: expect.stringContaining('300 MiB') });
    expect(peakMebibytes).toBeGreaterThan(200);
    expect(peakMebibytes).toBeLessThan(400);
    expect((process.memoryUsage.rss() - rssBefore) / 2 ** 20).toBeLessThan(100);
  }, 60_000);

  test('makes the same pictures in a child process', async () => {
    const { path } = await fixture('phone-jpeg');
    const decoder = createDecoder(apart);
    const { result, peakMebibytes } = await watchChildren(() => decoder.renderImage(path, {}, calm));
    expect(peakMebibytes).toBeGreaterThan(10);
    expect(result).toEqual({ status: 'fulfilled', value: await renderImage(path) });
    const options = { maxEdgePixels: 100 };
    expect(await decoder.decodeRgb(path, options, calm)).toEqual(await decodeRgb(path, options));
    const face = {
      imageWidth: 640,
      imageHeight: 480,
      boundingBoxX1: 100,
      boundingBoxY1: 100,
      boundingBoxX2: 200,
      boundingBoxY2: 200,
    };
    expect(Buffer.from(await decoder.cropFace(path, face))).toEqual(await createDecoder(usual).cropFace(path, face));
  }, 60_000);

  test('decodes a suspect file in a child process, however small it is, and no other small file', async () => {
    const { path, fileName } = await fixture('avif');
    const decoder = createDecoder(usual);
    const suspect = await watchChildren(() => decoder.readShape(path, fileName, { isSuspect: true }));
    expect(suspect.result).toMatchObject({ status: 'fulfilled', value: { width: 640, height: 480 } });
    expect(suspect.peakMebibytes).toBeGreaterThan(10);
    expect((await watchChildren(() => decoder.decodeRgb(path, { maxEdgePixels: 9 }, calm))).peakMebibytes).toBe(0);
    expect(
      (await watchChildren(() => decoder.decodeRgb(path, { maxEdgePixels: 9 }, { isSuspect: true }))).peakMebibytes,
    ).toBeGreaterThan(10);
  }, 60_000);

  test('reports how the picture ended the process', async () => {
    const path = await writeBomb();
    const before = await listChildren();
    const large = { ...usual, DARKROOM_DECODE_MEMORY_MIB: 4096 };
    const broken = createDecoder(large).renderImage(path, {}, calm);
    const expected = expect(broken).rejects.toMatchObject({
      code: 'media/undecodable',
      message: expect.stringContaining('SIGSEGV') as string,
    });
    const child = await findChild(before);
    await expect.poll(() => readResidentMebibytes(child), { timeout: 30_000 }).toBeGreaterThan(150);
    process.kill(child, 'SIGSEGV');
    await expected;
    const slow = createDecoder({ ...large, DARKROOM_DECODE_SECONDS: 0.3 }).renderImage(path, {}, calm);
    await expect(slow).rejects.toMatchObject({ code: 'media/timeout' });
    const stopping = new AbortController();
    const stopped = createDecoder(large).renderImage(path, { signal: stopping.signal }, calm);
    setTimeout(() => stopping.abort(new Error('lease lost')), 300);
    await expect(stopped).rejects.toThrow('lease lost');
    await expect.poll(async () => (await listChildren()).filter((pid) => !before.includes(pid))).toEqual([]);
  }, 60_000);

  test('keeps decoding when its process gets a signal to stop', async () => {
    const path = join(folder, 'slow.png');
    await writePngBomb(path, { edgePixels: 4000, bitDepth: 16, colorType: 'rgb', interlaced: true });
    const before = await listChildren();
    const rendering = createDecoder({ ...apart, DARKROOM_DECODE_MEMORY_MIB: 2048 }).renderImage(path, {}, calm);
    const child = await findChild(before);
    await waitForHandlers(child);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(child, signal);
    expect((await rendering).width).toBe(4000);
  }, 60_000);

  test('passes on errors of a file and errors that are not its fault', async () => {
    const { path } = await fixture('truncated-jpeg');
    for (const settings of [usual, apart]) {
      await expect(createDecoder(settings).renderImage(path, {}, { isSuspect: true })).rejects.toMatchObject({
        code: 'media/undecodable',
      });
      const nowhere = createDecoder(settings).renderImage('/nowhere/a.jpg', {}, { isSuspect: true });
      const error: unknown = await nowhere.catch((error: unknown) => error);
      expect(error).toMatchObject({ code: 'ENOENT' });
      expect(isDarkroomError(error)).toBe(false);
    }
  }, 60_000);
});
