import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { takeScanRoot } from '#shared/scans/scan-root.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

onBothDatabases('two scanners of one tree', (getDb) => {
  let it: ScanHarness;
  beforeEach(() => {
    it = openScanHarness(getDb());
  });
  afterEach(() => it[Symbol.dispose]());

  test('never scan at once, and everything is reported once', async () => {
    for (let n = 0; n < 50; n += 1) it.put(`f${n % 7}/${n}.jpg`);
    await it.tree();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, n) => it.scan('full', { holder: `scanner ${n}` })),
    );
    expect(outcomes.filter((outcome) => outcome === 'finished')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(3);
    expect(await it.reported()).toHaveLength(50);
  });

  test('one that lost its lease stops writing', async () => {
    it.put('anna/a.jpg');
    const { root } = await it.tree();
    let stolen = 0;
    it.whileWaiting(() => (stolen += 1));
    const { wait } = { wait: it.ports.wait.bind(it.ports) };
    const steal = async (ms: number, signal: AbortSignal) => {
      await wait(ms, signal);
      await getDb()
        .updateTable('scan_root')
        .set({ leaseUntil: new Date(0) })
        .where('id', '=', root.id)
        .execute();
      expect(await takeScanRoot(getDb(), root.id, { holder: 'thief', seconds: 60 })).toBeDefined();
    };
    Object.assign(it.ports, { wait: steal });
    expect(await it.scan()).toBe('busy');
    expect(stolen).toBe(1);
    expect(await it.reported()).toEqual([]);
    expect(await it.states()).toEqual({ 'anna/a.jpg': 'settling' });
    expect(await it.rootRow()).toMatchObject({ holder: 'thief' });
    Object.assign(it.ports, { wait });
    expect(await it.scan()).toBe('busy');
    await getDb()
      .updateTable('scan_root')
      .set({ leaseUntil: new Date(0) })
      .where('id', '=', root.id)
      .execute();
    expect(await it.scan()).toBe('finished');
    expect(await it.reported()).toEqual(['+library/anna/a.jpg']);
  });

  test('a tree that is deleted during its scan is not written again', async () => {
    it.put('anna/a.jpg');
    const { wait } = { wait: it.ports.wait.bind(it.ports) };
    const forget = async (ms: number, signal: AbortSignal) => {
      await wait(ms, signal);
      await getDb().deleteFrom('scan_root').execute();
    };
    Object.assign(it.ports, { wait: forget });
    expect(await it.scan()).toBe('busy');
    expect(await it.reported()).toEqual([]);
  });

  test('a file system that does not answer ends the scan without changes, and the next scan works', async () => {
    mkdirSync(join(it.root, 'anna'));
    for (let n = 0; n < 4_000; n += 1) writeFileSync(join(it.root, `anna/${n}.jpg`), 'photo');
    await it.scan('incremental', { sliceMs: 0 });
    const before = await it.states();
    expect(await it.scan('full', { deadlineMs: 1 })).toBe('away');
    expect(await it.states()).toEqual(before);
    expect((await it.rootRow()).problem).toContain('nothing was heard of it');
    expect(await it.scan('full')).toBe('finished');
    expect(await it.reported()).toHaveLength(4_000);
    expect(await it.rootRow()).toMatchObject({ problem: null });
  });
});

describeWithService('postgres', 'a scanner that is killed', () => {
  test('repeatedly loses nothing and reports nothing twice', async () => {
    await using database = await (await sharedPostgres()).createDatabase();
    await using opened = connectPostgres({ url: database.url, poolSize: 2 });
    const { db } = opened;
    await migrateToLatest(db);
    using it = openScanHarness(db);
    for (let folder = 0; folder < 20; folder += 1) {
      mkdirSync(join(it.root, `f${folder}`));
      for (let n = 0; n < 250; n += 1) writeFileSync(join(it.root, `f${folder}/${n}.jpg`), 'photo');
    }
    let said = '';
    let kills = 0;
    for (; !said.includes('finished'); kills += 1) {
      expect(kills).toBeLessThan(30);
      const child = spawn(process.execPath, [join(import.meta.dirname, 'scan-process.ts'), database.url, it.root], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await once(child.stdout, 'data');
      // The lifetime grows with each kill: short at first for a fast machine, and soon long enough for a slow one.
      const timer = setTimeout(50 + 50 * kills + 10 * kills ** 2 + Math.random() * 50, undefined, { ref: false });
      await Promise.race([once(child, 'exit'), timer]);
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
        await setTimeout(1_100);
      }
    }
    expect(kills).toBeGreaterThan(2);
    expect(Object.values(await it.states()).filter((state) => state === 'reported')).toHaveLength(5_000);
    const events = await it.reported();
    expect(events).toHaveLength(5_000);
    expect(new Set(events).size).toBe(5_000);
  }, 240_000);
});
