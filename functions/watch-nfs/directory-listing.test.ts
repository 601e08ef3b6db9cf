import { chmod, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createExclusion } from '#shared/store/exclusion.ts';
import { openFolderStore } from '#shared/store/folder-store.ts';
import { guardStore } from '#test/support/guarded-store.ts';
import { describeWithSmallDisk, mountSmallDisk } from '#test/support/small-disk.ts';
import { toFileFacts, visitFolder, type Listing, type Tree } from './directory-listing.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-listing-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const treeOf = (patterns: string[] = []): Tree => ({
  path: root,
  prefix: 'library/',
  isExcluded: createExclusion(patterns),
});
const put = (path: string, text = 'photo') => writeFile(join(root, path), text);

function list(folder = '', tree = treeOf()): Listing {
  const visit = visitFolder(tree, folder);
  if (visit.outcome !== 'listed') throw new Error(JSON.stringify(visit));
  return visit;
}

const names = (listing: Listing) => listing.files.map((it) => it.name).toSorted();

test('photos, videos, sidecars and folders are listed; other entries are counted', async () => {
  await mkdir(join(root, 'anna'));
  await mkdir(join(root, '@eaDir'));
  for (const name of ['a.jpg', 'b.MOV', 'c.nef', 'notes.txt', 'a.jpg.xmp', '.hidden.jpg', 'x.jpg.part'])
    await put(name);
  await symlink('/etc', join(root, 'etc'));
  await symlink('/etc/hostname', join(root, 'link.jpg'));
  execFileSync('mkfifo', [join(root, 'pipe.jpg')]);
  const listing = list('', treeOf(['**/c.*']));
  expect(names(listing)).toEqual(['a.jpg', 'a.jpg.xmp', 'b.MOV']);
  expect(listing.folders).toEqual(['anna']);
  expect(listing.passedOver).toEqual({ ignored: 3, excluded: 1, links: 2, unsupported: 2 });
});

test('the version of a file is the one that the folder store gives it', async () => {
  await mkdir(join(root, 'library'));
  await put('library/a.jpg');
  await using store = guardStore(await openFolderStore(root));
  const [file] = list('library').files;
  expect(file?.version).toBe((await store.find('library/a.jpg'))?.version);
});

test('names of every kind are kept as they are on the disk', async () => {
  const odd = [
    "it's.jpg",
    '"q".jpg',
    '100%.jpg',
    '%41.jpg',
    'back\\slash.jpg',
    '🎉🎂.jpg',
    'ä.jpg',
    'a\u{308}.jpg',
    'A.JPG',
    'a.jpg',
    ' .jpg',
    '{"a":1}.jpg',
    '{a,b}.jpg',
    '\u{fffd}.jpg',
    `${'é'.repeat(125)}x.jpg`,
  ];
  for (const name of odd) await put(name);
  expect(names(list())).toEqual(odd.toSorted());
});

test('names that no key can have are refused with a reason', async () => {
  await put('new\nline.jpg');
  await writeFile(Buffer.from(`${root}/caf\xe9.jpg`, 'latin1'), 'photo');
  await mkdir(Buffer.from(`${root}/\xff\xfe`, 'latin1'));
  const listing = list();
  expect(listing.files).toEqual([]);
  expect(listing.folders).toEqual([]);
  expect(listing.refused.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: '\\xff\\xfe', reason: 'its name is not valid UTF-8' },
    { name: 'caf\\xe9.jpg', reason: 'its name is not valid UTF-8' },
    { name: 'new\nline.jpg', reason: 'its name has a control character' },
  ]);
});

test('200 nested folders are read; a path of more than 1,024 bytes is refused', async () => {
  let path = '';
  for (let depth = 0; depth < 200; depth += 1) path += `${depth === 0 ? '' : '/'}d${depth % 10}`;
  await mkdir(join(root, path), { recursive: true });
  await put(`${path}/a.jpg`);
  expect(names(list(path))).toEqual(['a.jpg']);
  const long = `${path}/${'x'.repeat(250)}/${'y'.repeat(170)}`;
  await mkdir(join(root, long), { recursive: true });
  await put(`${long}/a.jpg`);
  expect(list(long).refused).toEqual([{ name: 'a.jpg', reason: 'its path has more than 1,024 bytes' }]);
});

test('a folder that has not changed is not listed again, and one that has is', async () => {
  await mkdir(join(root, 'a'));
  const { facts } = list('a');
  expect(visitFolder(treeOf(), 'a', facts)).toEqual({ outcome: 'unchanged' });
  await put('a/a.jpg');
  const again = visitFolder(treeOf(), 'a', facts);
  expect(again.outcome).toBe('listed');
});

test('a file that was written in place changes its version; one that was linked or whose mode changed does not', async () => {
  await put('a.jpg');
  const [before] = list().files;
  await link(join(root, 'a.jpg'), join(root, 'b.jpg'));
  await chmod(join(root, 'a.jpg'), 0o600);
  const same = [before?.version, before?.inode];
  expect(list().files.map((it) => [it.version, it.inode])).toEqual([same, same]);
  await utimes(join(root, 'a.jpg'), 1, 1);
  expect(list().files[0]?.version).not.toBe(before?.version);
});

test('a path that does not exist, a file and a link are gone', async () => {
  await put('a.jpg');
  await symlink('/', join(root, 'slash'));
  for (const folder of ['nothing', 'a.jpg', 'slash'])
    expect(visitFolder(treeOf(), folder)).toEqual({ outcome: 'gone' });
});

test('a folder behind a folder that became a link is unknown, and not read', async () => {
  await mkdir(join(root, 'a/b'), { recursive: true });
  await mkdir(join(root, 'elsewhere/b'), { recursive: true });
  await put('elsewhere/b/secret.jpg');
  await rm(join(root, 'a'), { recursive: true });
  await symlink(join(root, 'elsewhere'), join(root, 'a'));
  expect(visitFolder(treeOf(), 'a/b')).toMatchObject({ outcome: 'unknown' });
});

test('a folder without permission is unknown, not empty', async () => {
  await mkdir(join(root, 'anna'));
  await put('anna/a.jpg');
  await chmod(root, 0o755);
  await chmod(join(root, 'anna'), 0);
  const script = `
    const { visitFolder } = await import(${JSON.stringify(new URL('./directory-listing.ts', import.meta.url))});
    console.log(JSON.stringify(visitFolder({ path: ${JSON.stringify(root)}, prefix: '', isExcluded: () => false }, 'anna')));`;
  // Root may read everything, so the test asks as the user nobody.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { ...nobody, encoding: 'utf8' });
  await chmod(join(root, 'anna'), 0o755);
  expect(JSON.parse(said)).toEqual({ outcome: 'unknown', reason: 'EACCES: "anna"' });
});

test('a folder that is left out is gone', async () => {
  await mkdir(join(root, 'raw'));
  await mkdir(join(root, '@eaDir'));
  for (const folder of ['raw', '@eaDir'])
    expect(visitFolder(treeOf(['library/raw']), folder)).toEqual({ outcome: 'gone' });
});

test('a path that is too long for the system is unknown, not empty', () => {
  expect(visitFolder(treeOf(), 'x'.repeat(300))).toMatchObject({
    outcome: 'unknown',
    reason: expect.stringMatching(/^ENAMETOOLONG/) as string,
  });
});

test('an inode beyond 63 bits becomes the signed number of the same bits', () => {
  const facts = { size: 1n, mtimeNs: 0n, ctimeNs: 0n, ino: 2n ** 64n - 1n } as Parameters<typeof toFileFacts>[1];
  expect(toFileFacts('a', facts).inode).toBe(-1n);
});

describeWithSmallDisk('a tree that is mounted into itself', () => {
  test('is listed once', async () => {
    using disk = mountSmallDisk(1_000_000);
    const inside = join(disk.path, 'anna/loop');
    await mkdir(inside, { recursive: true });
    await writeFile(join(disk.path, 'a.jpg'), 'photo');
    execFileSync('mount', ['--bind', disk.path, inside]);
    const tree = { ...treeOf(), path: disk.path };
    expect(list('anna', tree).folders).toEqual(['loop']);
    expect(visitFolder(tree, 'anna/loop')).toEqual({ outcome: 'gone' });
    execFileSync('umount', [inside]);
  });
});
