import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWalker } from './walker.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-walker-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = (deadlineMs = 10_000) =>
  openWalker({ path: root, prefix: 'library/', exclusionPatterns: ['**/raw/**'] }, { deadlineMs });

async function versionOf(name: string): Promise<string> {
  await using walker = open();
  const [visit] = await walker.ask({ kind: 'visit', folders: [{ folder: '' }], filesMax: 4_000 });
  return (visit?.outcome === 'listed' && visit.files.find((it) => it.name === name)?.version) || '';
}

async function openAndVisit(): Promise<number | undefined> {
  try {
    await using walker = open();
    return (await walker.ask({ kind: 'visit', folders: [{ folder: '' }], filesMax: 4_000 })).length;
  } catch {
    return undefined;
  }
}

test('folders are visited in another thread without blocking this one', async () => {
  for (let folder = 0; folder < 20; folder += 1) {
    await mkdir(join(root, `f${folder}`));
    for (let file = 0; file < 300; file += 1) writeFileSync(join(root, `f${folder}`, `${file}.jpg`), 'photo');
  }
  await using walker = open();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const folders = Array.from({ length: 20 }, (_, index) => ({ folder: `f${index}` }));
  const visits = await walker.ask({ kind: 'visit', folders, filesMax: 4_000 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
  // No more than 4,000 files in one answer, except for those of its last folder.
  expect(visits).toHaveLength(14);
  expect(visits.every((it) => it.outcome === 'listed' && it.files.length === 300)).toBe(true);
});

test('a thread that does not answer is abandoned, and each later request fails', async () => {
  for (let file = 0; file < 3_000; file += 1) writeFileSync(join(root, `${file}.jpg`), '');
  {
    await using walker = open(1);
    const visit = () => walker.ask({ kind: 'visit', folders: [{ folder: '' }], filesMax: 4_000 });
    await expect(visit()).rejects.toMatchObject({ code: 'store/unavailable' });
    await expect(visit()).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(() => open()).toThrow('the last scan still waits for it');
  }
  // The thread has ended, or ends as soon as it runs.
  await expect.poll(openAndVisit, { timeout: 15_000 }).toBe(1);
});

test('a file is hashed only if it has the version that was seen and keeps it', async () => {
  await writeFile(join(root, 'a.jpg'), 'photo');
  const version = await versionOf('a.jpg');
  await using walker = open();
  const hash = (path: string, of = version) => walker.ask({ kind: 'hash', path, version: of });
  expect(await hash('a.jpg')).toBe(createHash('sha1').update('photo').digest('hex'));
  expect(await hash('b.jpg')).toBeUndefined();
  expect(await hash('a.jpg', '0-5')).toBeUndefined();
  await truncate(join(root, 'a.jpg'), 3);
  expect(await hash('a.jpg')).toBeUndefined();
  await rm(join(root, 'a.jpg'));
  execFileSync('mkfifo', [join(root, 'a.jpg')]);
  expect(await hash('a.jpg')).toBeUndefined();
  await writeFile(join(root, 'c.jpg'), 'photo');
  await symlink(root, join(root, 'link'));
  expect(await hash('link/c.jpg', await versionOf('c.jpg'))).toBeUndefined();
});

test('a file behind a link is gone', async () => {
  await mkdir(join(root, 'a'));
  await writeFile(join(root, 'a/a.jpg'), 'photo');
  await symlink(join(root, 'a'), join(root, 'b'));
  await using walker = open();
  const paths = ['a/a.jpg', 'b/a.jpg', 'a/b.jpg', 'a/a.jpg/c.jpg', `a/${'x'.repeat(300)}`].map((it) => join(root, it));
  expect(await walker.ask({ kind: 'find', paths })).toEqual(['there', 'gone', 'gone', 'gone', 'unknown']);
});

test('a tree that does not exist is not an error of the thread', async () => {
  await rm(root, { recursive: true });
  await using walker = open();
  expect(await walker.ask({ kind: 'guard', marker: null })).toMatchObject({ outcome: 'other' });
});
