import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fixture } from '#test/fixtures/index.ts';
import { buildPngOfTexts } from '#test/fixtures/png-bomb.ts';
import { listChildren } from '#test/support/child-processes.ts';
import { closeLanes, runInLanes, type ExiftoolLimits } from './exiftool-lanes.ts';

let folder = '';
let endless = '';
let others: readonly number[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-lanes-'));
  endless = join(folder, 'endless.png');
  others = await listChildren();
  await writeFile(endless, buildPngOfTexts(300_000));
}, 60_000);
afterAll(async () => {
  await closeLanes();
  await rm(folder, { recursive: true });
});

const limits: ExiftoolLimits = { quickMs: 400, slowMs: 6_000, memoryBytesMax: 2 ** 30 };
const readInLanes = (path: string, within?: ExiftoolLimits) => runInLanes((tool) => tool.read(path), within);
const listExiftools = async () => (await listChildren()).filter((pid) => !others.includes(pid));

test('a file that takes too long fails alone, and later files are read before it fails', async () => {
  const { path } = await fixture('rating-zero');
  const done: string[] = [];
  const slow = Promise.all(
    Array.from({ length: 3 }, async () => {
      await expect(readInLanes(endless, limits)).rejects.toMatchObject({ code: 'media/timeout', retry: false });
      done.push('endless');
    }),
  );
  const usual = Array.from({ length: 4 }, async () => {
    expect(await readInLanes(path)).toMatchObject({ Rating: 0 });
    done.push('usual');
  });
  await Promise.all([slow, ...usual]);
  expect(done.slice(0, 4)).toEqual(['usual', 'usual', 'usual', 'usual']);
  expect(await readInLanes(path)).toMatchObject({ Rating: 0 });
}, 60_000);

test('a slow file delays no other file while an exiftool is free', async () => {
  const { path } = await fixture('rating-zero');
  const patient = { ...limits, quickMs: 5_000 };
  const done: string[] = [];
  const slow = readInLanes(endless, patient).catch(() => done.push('endless'));
  await Promise.all(Array.from({ length: 10 }, () => readInLanes(path, patient).then(() => done.push('usual'))));
  expect(done).toEqual(Array.from({ length: 10 }, () => 'usual'));
  await slow;
}, 60_000);

test('a file that takes too much memory fails alone', async () => {
  const patient = { quickMs: 60_000, slowMs: 60_000, memoryBytesMax: 80 * 2 ** 20 };
  await expect(readInLanes(endless, patient)).rejects.toMatchObject({
    code: 'media/too-large',
    message: expect.stringContaining('80 MiB') as string,
  });
  expect(await readInLanes((await fixture('rating-zero')).path, patient)).toMatchObject({ Rating: 0 });
}, 60_000);

test('an exiftool that is killed fails the file that it was reading', async () => {
  await closeLanes();
  const reading = expect(readInLanes(endless, { ...limits, quickMs: 60_000 })).rejects.toMatchObject({
    code: 'media/undecodable',
  });
  await expect.poll(async () => (await listExiftools()).length, { timeout: 10_000 }).toBe(1);
  await wait(1_500);
  for (const pid of await listExiftools()) process.kill(pid, 'SIGKILL');
  await reading;
  expect(await readInLanes((await fixture('rating-zero')).path)).toMatchObject({ Rating: 0 });
}, 60_000);

test.each([
  ['a minute of rest', 61_000],
  ['five minutes of work', 20_000],
])(
  'an exiftool that is replaced after %s fails no file',
  async (_, stepMs) => {
    const { path } = await fixture('rating-zero');
    await closeLanes();
    try {
      for (let n = 0; n < 20; n++) {
        vi.setSystemTime(Date.now() + stepMs);
        expect(await readInLanes(path)).toMatchObject({ Rating: 0 });
      }
    } finally {
      vi.useRealTimers();
    }
  },
  60_000,
);

test('an exiftool that is replaced after hundreds of files fails none of them', async () => {
  const { path } = await fixture('rating-zero');
  await closeLanes();
  for (let n = 0; n < 600; n++) expect(await readInLanes(path)).toMatchObject({ Rating: 0 });
}, 60_000);
