import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { extract, list } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Entry {
  path: string;
  type: string;
  mode: number;
  uid: number;
  mtime: Date | undefined;
}

interface BuiltImage {
  reference: string;
  file: string;
}

const run = promisify(execFile);
const source = join(import.meta.dirname, '../..');
const left = new Set(['node_modules', '.git', 'dist', 'data', 'coverage']);
const buildMs = 300_000;

let folder = '';
let first: BuiltImage;
let entries: Entry[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-image-test-'));
  first = await build(source, 'first');
  const out = join(folder, 'out');
  await mkdir(out);
  await extract({ file: first.file, cwd: out });
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as [{ Layers: string[] }];
  for (const layer of manifest[0].Layers) {
    const onReadEntry = ({ path, type, mode = 0, uid = -1, mtime }: Partial<Entry>) =>
      entries.push({ path: path ?? '', type: type ?? '', mode, uid, mtime });
    await list({ file: join(out, layer), onReadEntry });
  }
}, buildMs);

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function build(tree: string, name: string, before = ''): Promise<BuiltImage> {
  const file = join(folder, `${name}.tar`);
  const command = `${before} exec "$0" scripts/image/build.ts --name dev.local/test --out "$1"`;
  const { stdout } = await run('/bin/sh', ['-c', command, process.execPath, file], { cwd: tree });
  return { file, reference: stdout.trim().split('\n').at(-1) ?? '' };
}

test('an image holds three programs and exiftool, and no shell, package manager or compiler', () => {
  const programs = entries.filter((it) => it.type === 'File' && (it.mode & 0o111) !== 0).map((it) => it.path);
  const outsideOfPackages = programs.filter((it) => !it.includes('node_modules/') && !/\.so[.\d]*$/.test(it));
  expect(outsideOfPackages.sort()).toEqual(['usr/bin/env', 'usr/bin/perl', 'usr/local/bin/node']);
  expect(programs.filter((it) => basename(it) === 'exiftool')).toHaveLength(1);
  const unwanted =
    /^(?:(?:ba|da|z)?sh|busybox|npm|npx|corepack|apt(?:-get)?|dpkg|g?cc|g\+\+|c\+\+|make|ld|python3?|git|curl|wget|tsc|rolldown)$/;
  expect(entries.filter((it) => it.type === 'File' && unwanted.test(basename(it.path)))).toEqual([]);
});

test('all files have the same date, belong to root, and are readable by all and writable only by root', () => {
  expect(entries.length).toBeGreaterThan(1000);
  const wrong = entries.filter(
    ({ uid, mode, mtime }) =>
      (uid !== 0 && uid !== -1) || (mode & 0o444) !== 0o444 || (mode & 0o6022) !== 0 || (mtime?.getTime() ?? 0) !== 0,
  );
  expect(wrong).toEqual([]);
});

test('it contains no source, types or maps of the packages, and no tests', () => {
  expect(entries.filter(({ path }) => /^app\/.*(?:\.ts|\.map|\.test\.\w+)$/.test(path))).toEqual([]);
});

test(
  'the same source in another folder, built later under another umask and time zone, is the same image',
  async () => {
    const tree = join(folder, 'some/other/place');
    const filter = (path: string) => !left.has(path.slice(source.length + 1).split('/')[0] ?? '');
    await cp(source, tree, { recursive: true, filter });
    await symlink(join(source, 'node_modules'), join(tree, 'node_modules'));
    await cp(join(source, 'dist/models'), join(tree, 'dist/models'), { recursive: true });
    const second = await build(tree, 'second', 'umask 077; TZ=Asia/Tokyo');
    expect(second.reference).toBe(first.reference);
    expect((await readFile(second.file)).equals(await readFile(first.file))).toBe(true);
  },
  buildMs,
);
