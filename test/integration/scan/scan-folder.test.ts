import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unlistDirectory } from '#shared/scans/scan-directory.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

onBothDatabases('a scan', (getDb) => {
  let it: ScanHarness;
  beforeEach(() => {
    it = openScanHarness(getDb());
  });
  afterEach(() => it[Symbol.dispose]());

  test('reports settled files once, at every depth and with all kinds of names', async () => {
    const deep = `${Array.from({ length: 200 }, (_, index) => `d${index % 10}`).join('/')}/deep.jpg`;
    const names = [
      "it's.jpg",
      '"q".jpg',
      '100%_.jpg',
      '{a,b}.jpg',
      'NULL.jpg',
      'back\\slash.jpg',
      '🎂.jpg',
      'a\u{308}.jpg',
      'ä.jpg',
    ];
    const paths = [
      ...names.map((name) => `anna/${name}`),
      'anna/2024/01/a.jpg',
      'anna/2024/01/a.jpg.xmp',
      'ben/b.mov',
      deep,
    ];
    for (const path of paths) it.put(path);
    it.put('anna/notes.txt');
    expect(await it.scan()).toBe('finished');
    expect(await it.reported()).toEqual(paths.map((path) => `+library/${path}`).toSorted());
    expect(await it.lastRun()).toMatchObject({
      kind: 'full',
      outcome: 'finished',
      errors: 0,
      counts: { files: 13, new: 13, reported: 13, unsupported: 1 },
    });
    expect(await it.scan()).toBe('finished');
    expect(await it.scan('full')).toBe('finished');
    expect(await it.reported()).toEqual([]);
  });

  test('reports the version of the store, and the location of the file', async () => {
    it.put('anna/a.jpg', 'photo');
    await it.scan();
    const [event] = await getDb().selectFrom('outbox').selectAll().execute();
    expect(event).toMatchObject({ source: '/darkroom/watch-nfs', subject: 'library/anna/a.jpg', isAcknowledged: true });
    expect(event?.data).toMatchObject({
      store: 'folder',
      key: 'library/anna/a.jpg',
      sizeBytes: 5,
      version: expect.stringMatching(/^[\da-f]+-5$/) as string,
    });
  });

  test('lists only changed folders, once they are no longer racy', async () => {
    for (const folder of ['a', 'b', 'c']) it.put(`${folder}/a.jpg`);
    await it.settle();
    await it.scan();
    expect((await it.lastRun()).counts).toMatchObject({ directories: 4, listed: 4 });
    it.pass(300);
    await it.scan();
    it.put('b/b.jpg');
    await it.scan();
    expect((await it.lastRun()).counts).toMatchObject({ directories: 4, listed: 1, new: 1, reported: 1 });
    expect(await it.reported()).toEqual(['+library/b/b.jpg']);
  });

  test('finds a file that was written in place with the next full scan', async () => {
    it.put('anna/a.jpg', 'photo');
    it.pass(300);
    await it.settle();
    appendFileSync(join(it.root, 'anna/a.jpg'), 'more');
    it.pass(300);
    await it.scan();
    expect(await it.reported()).toEqual([]);
    await it.scan('full');
    expect(await it.reported()).toEqual(['+library/anna/a.jpg']);
  });

  test('never reports a file while it grows', async () => {
    it.put('anna/a.mov', 'x');
    it.whileWaiting(() => appendFileSync(join(it.root, 'anna/a.mov'), 'x'));
    expect(await it.scan()).toBe('finished');
    expect(await it.reported()).toEqual([]);
    expect(await it.states()).toEqual({ 'anna/a.mov': 'settling' });
    it.whileWaiting(() => {});
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/a.mov']);
  });

  test('waits for all new files, however long the search takes', async () => {
    for (let n = 0; n < 12; n += 1) it.put(`f${n}/a.jpg`);
    await it.settle();
    for (let n = 0; n < 12; n += 1) it.put(`f${n}/b.jpg`);
    const slow = it.ports.now.bind(it.ports);
    // Each reading of the clock advances it, so that no two folders are listed at the same time.
    Object.assign(it.ports, { now: () => (it.pass(0.3), slow()) });
    expect(await it.scan('incremental', { filesPerStep: 1 })).toBe('finished');
    Object.assign(it.ports, { now: slow });
    expect(await it.reported()).toHaveLength(12);
  });

  test('never waits for an empty file, and reports it once it has bytes', async () => {
    it.put('anna/a.jpg', '');
    const before = it.ports.now();
    await it.scan();
    expect(it.ports.now() - before).toBeLessThan(10_000);
    it.put('anna/a.jpg', 'photo');
    await it.scan('full');
    expect(await it.reported()).toEqual(['+library/anna/a.jpg']);
  });

  test('records files that it cannot report, with the reason', async () => {
    it.put('anna/new\nline.jpg');
    it.put('anna/a.jpg');
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/a.jpg']);
    expect(await it.states()).toEqual({ 'anna/a.jpg': 'reported', 'anna/new\nline.jpg': 'refused' });
    expect((await it.lastRun()).counts).toMatchObject({ refused: 1 });
  });

  test('stops without changes in a tree whose marker or folder is missing', async () => {
    for (const name of ['a', 'b', 'c']) it.put(`anna/${name}.jpg`);
    await it.settle();
    const before = await it.states();
    const elsewhere = `${it.root}-elsewhere`;
    renameSync(it.root, elsewhere);
    for (const isEmptyMountPoint of [false, true]) {
      if (isEmptyMountPoint) mkdirSync(it.root);
      for (const kind of ['incremental', 'full'] as const) {
        it.pass(100_000);
        expect(await it.scan(kind)).toBe('away');
        expect(await it.states()).toEqual(before);
      }
    }
    expect(await it.rootRow()).toMatchObject({ problem: '.darkroom-root is not in it' });
    rmSync(it.root, { recursive: true });
    renameSync(elsewhere, it.root);
    expect(await it.scan('full')).toBe('finished');
    expect(await it.states()).toEqual(before);
    expect(await it.reported()).toEqual([]);
    expect(await it.rootRow()).toMatchObject({ problem: null });
  });

  test('treats a folder that became a link as removed, and never follows it', async () => {
    it.put('anna/trip/a.jpg');
    it.put('elsewhere/deep/secret.jpg');
    await it.settle();
    rmSync(join(it.root, 'anna'), { recursive: true });
    symlinkSync('/', join(it.root, 'anna'));
    symlinkSync(join(it.root, 'elsewhere'), join(it.root, 'again'));
    await it.scan('full');
    expect(await it.states()).toEqual({ 'anna/trip/a.jpg': 'missing', 'elsewhere/deep/secret.jpg': 'reported' });
    expect(await it.reported()).toEqual([]);
    expect((await it.lastRun()).counts).toMatchObject({ links: 2 });
  });

  test('does not treat files of an unreadable folder as missing, nor count the scan for removals', async () => {
    it.put('anna/trip/a.jpg');
    it.put('ben/b.jpg');
    await it.settle();
    // Longer than the path limit of the system, because permissions do not apply to root.
    await getDb()
      .updateTable('scan_directory')
      .set({ path: 'x'.repeat(5_000) })
      .where('path', '=', 'anna/trip')
      .execute();
    rmSync(join(it.root, 'ben/b.jpg'));
    await it.scan('full');
    expect(await it.lastRun()).toMatchObject({ errors: 1, reason: '1 folders or files could not be looked at' });
    expect((await it.rootRow()).problem).toContain('could not be looked at');
    const rows = await getDb()
      .selectFrom('scan_file')
      .select(['state', 'missingScans', 'name'])
      .orderBy('name')
      .execute();
    expect(rows).toContainEqual({ name: 'a.jpg', state: 'reported', missingScans: 0 });
    expect(rows).toContainEqual({ name: 'b.jpg', state: 'missing', missingScans: 0 });
  });

  test('lists a folder of a hint although its modification time is unchanged', async () => {
    it.put('anna/2024/a.jpg', 'photo');
    it.pass(300);
    await it.settle();
    await it.scan();
    appendFileSync(join(it.root, 'anna/2024/a.jpg'), 'more');
    it.pass(300);
    expect(await unlistDirectory(getDb(), (await it.rootRow()).id, 'anna/2024')).toBe(true);
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/2024/a.jpg']);
    it.put('anna/2025/new/b.jpg');
    expect(await unlistDirectory(getDb(), (await it.rootRow()).id, 'anna/2025/new')).toBe(true);
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/2025/new/b.jpg']);
  });

  test('is not misled by a clock that goes backwards', async () => {
    it.put('anna/a.jpg');
    await it.settle();
    it.pass(-86_400);
    it.put('anna/b.jpg');
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/b.jpg']);
    rmSync(join(it.root, 'anna/a.jpg'));
    it.put('ben/c.jpg');
    await it.scan('full');
    it.pass(-86_400);
    await it.scan('full');
    expect(await it.reported()).toEqual(['+library/ben/c.jpg']);
  });

  test('continues where the last slice ended, until the end', async () => {
    for (let folder = 0; folder < 30; folder += 1) it.put(`f${folder}/a.jpg`);
    let slices = 0;
    for (let outcome = ''; outcome !== 'finished'; slices += 1) {
      const ending = new AbortController();
      const { now } = it.ports;
      let looks = 0;
      // Ends the slice after a few steps.
      Object.assign(it.ports, { now: () => ((looks += 1) > 8 && ending.abort(), now()) });
      outcome = await it.scan('full', { signal: ending.signal });
      Object.assign(it.ports, { now });
      expect(slices).toBeLessThan(50);
    }
    expect(slices).toBeGreaterThan(1);
    expect(await it.reported()).toHaveLength(30);
    expect((await it.lastRun()).counts).toMatchObject({ files: 30, new: 30, reported: 30 });
    expect(
      await getDb()
        .selectFrom('scan_run')
        .select('id')
        .where('rootId', '=', (await it.rootRow()).id)
        .execute(),
    ).toHaveLength(1);
  });

  test('reports nothing of an excluded folder, and treats earlier files there as missing', async () => {
    it.put('anna/raw/a.nef');
    it.put('anna/a.jpg');
    await it.settle();
    it.exclude('**/raw/**');
    it.put('anna/raw/b.nef');
    await it.scan('full');
    expect(await it.states()).toEqual({ 'anna/a.jpg': 'reported', 'anna/raw/a.nef': 'missing' });
    expect(await it.reported()).toEqual([]);
  });

  test('distinguishes files whose names differ only in case or Unicode form', async () => {
    it.put('anna/IMG.JPG');
    it.put('anna/img.jpg');
    it.put('anna/\u{e4}.jpg', 'composed');
    it.put('anna/a\u{308}.jpg', 'decomposed');
    await it.scan();
    expect(await it.reported()).toHaveLength(4);
    utimesSync(join(it.root, 'anna/IMG.JPG'), 1, 1);
    await it.scan('full');
    expect(await it.reported()).toEqual(['+library/anna/IMG.JPG']);
  });
});
