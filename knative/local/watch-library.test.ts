import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchLibrary, type LibraryWatch } from './watch-library.ts';

let folder: string;
let library: string;
let watching: LibraryWatch | undefined;
let told: string[];
let lost: number;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'darkroom-library-')));
  library = join(folder, 'library');
  mkdirSync(library);
  told = [];
  lost = 0;
});
afterEach(() => {
  watching?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(foldersMax = 100): Promise<void> {
  watching = await watchLibrary(library, {
    onChange: (folders) => told.push(...folders.map((it) => it.slice(folder.length + 1))),
    onLost: () => (lost += 1),
    foldersMax,
    quietMs: 50,
    longestMs: 500,
  });
}
const hasTold = (path: string) => expect.poll(() => told).toContain(path);

test('a missing folder is not created, and left to scheduled scans', async () => {
  rmSync(library, { recursive: true });
  await start();
  expect([existsSync(library), watching?.isComplete, lost]).toEqual([false, false, 1]);
});

test('changes in folders of every depth are reported, also in new folders', async () => {
  mkdirSync(join(library, 'anna/2024'), { recursive: true });
  await start();
  writeFileSync(join(library, 'anna/2024/a.jpg'), 'photo');
  await hasTold('library/anna/2024');
  mkdirSync(join(library, 'ben/2025/01'), { recursive: true });
  await hasTold('library');
  writeFileSync(join(library, 'ben/2025/01/b.jpg'), 'photo');
  await hasTold('library/ben/2025/01');
});

test('a moved folder is watched at its new place', async () => {
  mkdirSync(join(library, 'anna/2024'), { recursive: true });
  await start();
  renameSync(join(library, 'anna'), join(library, 'annette'));
  await hasTold('library');
  told = [];
  writeFileSync(join(library, 'annette/2024/a.jpg'), 'photo');
  await hasTold('library/annette/2024');
  mkdirSync(join(library, 'anna/2024'), { recursive: true });
  await hasTold('library');
  told = [];
  writeFileSync(join(library, 'anna/2024/b.jpg'), 'photo');
  await hasTold('library/anna/2024');
});

test('hidden files, such as the marker and copies under way, are not reported', async () => {
  await start();
  writeFileSync(join(library, '.a.jpg.x1'), 'photo');
  mkdirSync(join(library, '.cache'));
  writeFileSync(join(library, 'b.jpg'), 'photo');
  await hasTold('library');
  expect(told).toEqual(['library']);
});

test('a file that is written for a long time is reported repeatedly', async () => {
  await start();
  const timer = setInterval(() => writeFileSync(join(library, 'a.mov'), 'x', { flag: 'a' }), 20);
  await expect.poll(() => told.length, { timeout: 5_000 }).toBeGreaterThan(1);
  clearInterval(timer);
});

test('with too many folders nothing is watched, and that is reported once', async () => {
  for (let n = 0; n < 10; n += 1) mkdirSync(join(library, `f${n}`), { recursive: true });
  await start(5);
  expect(watching?.isComplete).toBe(false);
  expect(lost).toBe(1);
  writeFileSync(join(library, 'a.jpg'), 'photo');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(told).toEqual([]);
});

test('only folders are watched', async () => {
  rmSync(library, { recursive: true });
  writeFileSync(library, 'a file');
  await start();
  expect(watching?.isComplete).toBe(false);
});
