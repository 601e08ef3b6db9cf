import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureScanRoots, listScanRoots } from '#shared/scans/scan-root.ts';
import { finishOpenRun, startRun } from '#shared/scans/scan-run.ts';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await openTestAdmin();
});
afterAll(() => admin[Symbol.asyncDispose]());

const path = '/mnt/photos/library';
beforeEach(async () => {
  const { db } = admin.platform;
  await db.deleteFrom('scan_root').execute();
  await ensureScanRoots(db, [{ path, store: 'folder', prefix: 'library/', libraryId: null }]);
});

const rootOf = async () => {
  const [root] = await listScanRoots(admin.platform.db);
  if (root === undefined) throw new Error('there is no root');
  return root;
};
const change = (changes: Partial<Awaited<ReturnType<typeof rootOf>>>) =>
  admin.platform.db.updateTable('scan_root').set(changes).execute();

test('scan status prints of each folder its last scan, its problem, and why it is halted', async () => {
  const { db } = admin.platform;
  expect((await admin.run('scan status')).out).toMatch(
    /^\/mnt\/photos\/library\n +not scanned yet\n +last full scan: never\n$/,
  );
  const { id } = await rootOf();
  await startRun(db, id, 'incremental', new Date());
  expect((await admin.run('scan status')).out).toMatch(/last recorded scan \(incremental\): under way, began \d s ago/);
  await finishOpenRun(db, id, { outcome: 'finished', reason: null, at: new Date() });
  await change({ problem: 'The marker is not there', haltedReason: '90 of 100 known files are missing' });
  const { out } = await admin.run('scan status');
  expect(out).toMatch(/last recorded scan \(incremental\): finished \d s ago/);
  expect(out).toContain('problem: The marker is not there');
  expect(out).toContain(
    'halted: 90 of 100 known files are missing\n  If they are really gone: scan approve /mnt/photos/library',
  );
  expect(await admin.json('scan status')).toMatchObject([{ path, missing: 0, lastRun: { outcome: 'finished' } }]);
  await db.deleteFrom('scan_root').execute();
  expect((await admin.run('scan status')).out).toBe('No folder was scanned yet.\n');
});

test('scan approve takes the path of a halted folder', async () => {
  expect(await admin.json(`scan approve ${path}/`)).toEqual({ path, approved: false });
  expect(await rootOf()).toMatchObject({ approvedAt: null });
  await change({ haltedReason: 'all are missing', haltedAt: new Date() });
  expect((await admin.run(`scan approve ${path}`)).out).toContain('next full scan');
  expect(await rootOf()).toMatchObject({ haltedReason: null, approvedAt: expect.any(Date) as unknown });
});

test('scan adopt accepts a folder with another marker', async () => {
  await change({ marker: 'old', problem: 'The marker is another one' });
  expect(await admin.json(`scan adopt ${(await rootOf()).id}`)).toEqual({ path });
  expect(await rootOf()).toMatchObject({ marker: null, problem: null });
});

test('scan start requests a scan', async () => {
  admin.platform.published.length = 0;
  expect((await admin.run('scan start')).out).toBe('A scan of all watched folders was requested.\n');
  expect(await admin.json('scan start --full')).toEqual({ full: true });
  expect(admin.platform.published.map(({ type, data }) => ({ type, data }))).toEqual([
    { type: 'photos.darkroom.scan.requested.v1', data: { full: false } },
    { type: 'photos.darkroom.scan.requested.v1', data: { full: true } },
  ]);
});

test('an unknown folder is not found, and the error lists the scanned folders', async () => {
  for (const command of ['approve', 'adopt'])
    expect(await admin.run(`scan ${command} /elsewhere`)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(path) as unknown,
    });
});
