import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

onBothDatabases('a scan that finds nothing new', (getDb) => {
  let scan: ScanHarness;
  beforeEach(() => {
    scan = openScanHarness(getDb());
  });
  afterEach(() => scan[Symbol.dispose]());

  /** Scans until folders are old enough that a change is visible in their modification time. */
  async function settle(): Promise<void> {
    await scan.settle();
    scan.pass(600);
    await scan.scan();
  }

  async function expectQuiet(outcome = 'finished'): Promise<void> {
    const before = await listRowVersions(getDb());
    expect(await scan.scan()).toBe(outcome);
    expect(await listRowVersions(getDb())).toEqual(before);
  }

  test('writes nothing', async () => {
    for (let n = 0; n < 20; n += 1) scan.put(`f${n % 3}/${n}.jpg`);
    await settle();
    await expectQuiet();
    await expectQuiet();
  });

  test('writes nothing about files that are missing since an earlier scan', async () => {
    for (let n = 0; n < 20; n += 1) scan.put(`anna/${n}.jpg`);
    await settle();
    renameSync(join(scan.root, 'anna/3.jpg'), join(scan.root, '../gone.jpg'));
    await scan.scan();
    expect((await scan.states())['anna/3.jpg']).toBe('missing');
    scan.pass(600);
    await scan.scan();
    await expectQuiet();
  });

  test('writes nothing while it stays halted', async () => {
    for (let n = 0; n < 20; n += 1) scan.put(`anna/${n}.jpg`);
    await settle();
    mkdirSync(`${scan.root}-away`);
    renameSync(join(scan.root, 'anna'), join(`${scan.root}-away`, 'anna'));
    await scan.scan();
    scan.pass(600);
    await scan.scan();
    expect((await scan.rootRow()).haltedReason).toContain('All 20 known files');
    await expectQuiet();
  });

  test('writes nothing while the tree is unreachable, and records its return', async () => {
    scan.put('anna/a.jpg');
    await settle();
    renameSync(scan.root, `${scan.root}-away`);
    expect(await scan.scan()).toBe('away');
    const { problemAt } = await scan.rootRow();
    await expectQuiet('away');
    expect((await scan.rootRow()).problemAt).toEqual(problemAt);
    renameSync(`${scan.root}-away`, scan.root);
    expect(await scan.scan()).toBe('finished');
    expect(await scan.rootRow()).toMatchObject({ problem: null, problemAt: null, holder: null });
    await expectQuiet();
  });

  test('does not disturb another scan that began meanwhile, and writes nothing', async () => {
    scan.put('anna/a.jpg');
    await settle();
    const tree = await scan.tree();
    expect(await scan.scan('full', { sliceMs: 0 })).toBe('unfinished');
    expect((await scan.lastRun()).kind).toBe('full');
    expect(await scan.scan()).toBe('finished');
    expect(await scan.lastRun()).toMatchObject({ kind: 'full', outcome: 'finished' });
    expect((await scan.rootRow()).fence).toBeGreaterThan(tree.root.fence);
  });

  test('records its progress when its time is up', async () => {
    for (let n = 0; n < 20; n += 1) scan.put(`f${n}/a.jpg`);
    await settle();
    expect(await scan.scan('incremental', { sliceMs: 0 })).toBe('unfinished');
    expect(await scan.lastRun()).toMatchObject({ kind: 'incremental', finishedAt: null });
    expect(await scan.scan()).toBe('finished');
    expect(await scan.lastRun()).toMatchObject({ kind: 'incremental', outcome: 'finished' });
    await expectQuiet();
  });
});

describeWithService('postgres', 'a scan that may not read a folder', () => {
  test('records that once, and writes nothing until it may read', async () => {
    await using database = await (await sharedPostgres()).createDatabase();
    await using opened = connectPostgres({ url: database.url, poolSize: 2 });
    await migrateToLatest(opened.db);
    using scan = openScanHarness(opened.db);
    scan.put('anna/a.jpg');
    scan.put('lost/b.jpg');
    for (const [path, mode] of [
      ['', 0o777],
      ['anna', 0o755],
      ['lost', 0],
    ] as const)
      chmodSync(join(scan.root, path), mode);
    // Runs as the user nobody, because root may read everything.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const scanOnce = () =>
      execFileSync(
        process.execPath,
        [join(import.meta.dirname, 'scan-process.ts'), database.url, scan.root, 'incremental', '0'],
        user,
      ).toString();
    for (let n = 0; n < 3; n += 1) expect(scanOnce()).toContain('finished');
    const { problem, problemAt } = await scan.rootRow();
    expect(problem).toBe('1 folders or files could not be looked at');
    const before = await listRowVersions(opened.db);
    expect(scanOnce()).toContain('finished');
    expect(await listRowVersions(opened.db)).toEqual(before);
    chmodSync(join(scan.root, 'lost'), 0o755);
    expect(scanOnce()).toContain('finished');
    expect(await scan.rootRow()).toMatchObject({ problem: null, problemAt: null });
    expect(problemAt).toBeInstanceOf(Date);
  });
});

/** Every row that a scan may write, with the transaction that wrote it last. */
async function listRowVersions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ version: string }>`
    select 'root ' || "id" || ' ' || xmin as "version" from scan_root union all
    select 'run ' || "id" || ' ' || xmin from scan_run union all
    select 'directory ' || "id" || ' ' || xmin from scan_directory union all
    select 'file ' || "directoryId" || "name" || ' ' || xmin from scan_file union all
    select 'event ' || "id" || ' ' || xmin from outbox`.execute(db);
  return rows.map((row) => row.version).toSorted();
}
