import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isUuid } from '#shared/ids/ids.ts';
import { describeWithSmallDisk, mountSmallDisk } from '#test/support/small-disk.ts';
import { guardRoot, markerName } from './root-marker.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-marker-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function adopt(): string {
  const guard = guardRoot(root, null);
  if (guard.outcome !== 'same') throw new Error(guard.reason);
  return guard.marker;
}

test('a tree gets its marker with the first check, and keeps it', async () => {
  const marker = adopt();
  expect(isUuid(marker)).toBe(true);
  expect(await readFile(join(root, markerName), 'utf8')).toBe(`${marker}\n`);
  expect(adopt()).toBe(marker);
  expect(guardRoot(root, marker)).toEqual({ outcome: 'same', marker });
});

test('a tree without its marker, with another one, or that does not exist is another tree', async () => {
  const marker = adopt();
  await writeFile(join(root, markerName), crypto.randomUUID());
  expect(guardRoot(root, marker)).toEqual({ outcome: 'other', reason: '.darkroom-root is another one' });
  await writeFile(join(root, markerName), 'x'.repeat(1000));
  expect(guardRoot(root, marker)).toMatchObject({ outcome: 'other' });
  await rm(join(root, markerName));
  expect(guardRoot(root, marker)).toEqual({ outcome: 'other', reason: '.darkroom-root is not in it' });
  await rm(root, { recursive: true });
  expect(guardRoot(root, marker)).toEqual({ outcome: 'other', reason: 'it cannot be read: ENOENT' });
  await writeFile(root, '');
  expect(guardRoot(root, marker)).toEqual({ outcome: 'other', reason: 'it is no folder' });
});

test('a link or a pipe is no marker, and does not block', async () => {
  const marker = adopt();
  await rename(join(root, markerName), join(root, 'copy'));
  await symlink(join(root, 'copy'), join(root, markerName));
  expect(guardRoot(root, marker)).toMatchObject({ outcome: 'other' });
  await rm(join(root, markerName));
  execFileSync('mkfifo', [join(root, markerName)]);
  expect(guardRoot(root, marker)).toMatchObject({ outcome: 'other' });
  await rm(join(root, markerName));
  await mkdir(join(root, markerName));
  expect(guardRoot(root, marker)).toMatchObject({ outcome: 'other' });
});

describeWithSmallDisk('a tree that is not writable', () => {
  test('is identified by its inode: the mount point under it is another tree', () => {
    const disk = mountSmallDisk(1_000_000);
    execFileSync('mount', ['-o', 'remount,ro', disk.path]);
    const guard = guardRoot(disk.path, null);
    expect(guard).toEqual({ outcome: 'same', marker: expect.stringMatching(/^inode:\d+$/) as string });
    const marker = guard.outcome === 'same' ? guard.marker : '';
    expect(guardRoot(disk.path, marker)).toEqual(guard);
    execFileSync('umount', ['--lazy', disk.path]);
    expect(guardRoot(disk.path, marker)).toEqual({ outcome: 'other', reason: '.darkroom-root is not in it' });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk.path]);
    disk[Symbol.dispose]();
  });
});
