import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approveMissing } from '#shared/scans/scan-root.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

const daySeconds = 86_400;

onBothDatabases('what a scan no longer finds', (getDb) => {
  let it: ScanHarness;
  beforeEach(() => {
    it = openScanHarness(getDb());
  });
  afterEach(() => it[Symbol.dispose]());
  const remove = (path: string) => rmSync(join(it.root, path), { recursive: true });
  const addMany = (count: number) => {
    for (let n = 0; n < count; n += 1) it.put(`many/${n}.jpg`);
  };

  test('is reported as removed after two full scans and a day, and not before', async () => {
    it.put('anna/a.jpg');
    it.put('anna/b.jpg');
    await it.settle();
    remove('anna/a.jpg');
    await it.scan();
    for (let hours = 0; hours < 23; hours += 8) {
      it.pass(8 * 3600 - 60);
      await it.scan('full');
    }
    expect(await it.states()).toEqual({ 'anna/a.jpg': 'missing', 'anna/b.jpg': 'reported' });
    it.pass(300);
    await it.scan('incremental');
    expect(await it.reported()).toEqual([]);
    await it.scan('full');
    expect(await it.reported()).toEqual(['-library/anna/a.jpg']);
    expect((await it.states())['anna/a.jpg']).toBe('removed');
    it.pass(daySeconds);
    await it.scan('full');
    expect(await it.reported()).toEqual([]);
  });

  test('needs two full scans however much time has passed', async () => {
    it.put('anna/a.jpg');
    it.put('anna/b.jpg');
    await it.settle();
    remove('anna/a.jpg');
    await it.scan();
    it.pass(10 * daySeconds);
    await it.scan('full');
    expect(await it.reported()).toEqual([]);
    await it.scan('full');
    expect(await it.reported()).toEqual(['-library/anna/a.jpg']);
  });

  test('causes no event if it comes back in time, and one if it comes back later', async () => {
    it.put('anna/a.jpg');
    it.put('anna/b.jpg');
    await it.settle();
    const aside = `${it.root}-aside.jpg`;
    renameSync(join(it.root, 'anna/a.jpg'), aside);
    await it.scan('full');
    renameSync(aside, join(it.root, 'anna/a.jpg'));
    await it.scan('full');
    expect(await it.states()).toEqual({ 'anna/a.jpg': 'reported', 'anna/b.jpg': 'reported' });
    renameSync(join(it.root, 'anna/a.jpg'), aside);
    for (let n = 0; n < 3; n += 1) {
      it.pass(daySeconds);
      await it.scan('full');
    }
    expect(await it.reported()).toEqual(['-library/anna/a.jpg']);
    renameSync(aside, join(it.root, 'anna/a.jpg'));
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/a.jpg']);
  });

  test('is removed with its folder, and comes back with it', async () => {
    it.put('anna/100%_\\/trip/a.jpg');
    it.put('anna/100x_\\/b.jpg');
    await it.settle();
    const aside = `${it.root}-aside`;
    renameSync(join(it.root, 'anna/100%_\\'), aside);
    await it.scan();
    expect(await it.states()).toEqual({ 'anna/100%_\\/trip/a.jpg': 'missing', 'anna/100x_\\/b.jpg': 'reported' });
    renameSync(aside, join(it.root, 'anna/100%_\\'));
    await it.scan();
    expect(await it.states()).toEqual({ 'anna/100%_\\/trip/a.jpg': 'reported', 'anna/100x_\\/b.jpg': 'reported' });
    expect(await it.reported()).toEqual([]);
  });

  test('halts a tree of which all files are missing, until they are back', async () => {
    for (const name of ['a', 'b', 'c']) it.put(`anna/${name}.jpg`);
    await it.settle();
    const aside = `${it.root}-aside`;
    renameSync(join(it.root, 'anna'), aside);
    for (let n = 0; n < 3; n += 1) {
      it.pass(daySeconds);
      await it.scan('full');
    }
    expect(await it.reported()).toEqual([]);
    expect((await it.rootRow()).haltedReason).toMatch(/^All 3 known files below .* are missing/);
    renameSync(aside, join(it.root, 'anna'));
    await it.scan();
    expect(await it.rootRow()).toMatchObject({ haltedReason: null, haltedAt: null });
    expect(await it.reported()).toEqual([]);
  });

  test('halts a tree when it is more than one in twenty, goes on with new files, and is removed after approval', async () => {
    addMany(200);
    await it.settle();
    for (let n = 0; n < 11; n += 1) remove(`many/${n}.jpg`);
    it.put('many/new.jpg');
    for (let n = 0; n < 3; n += 1) {
      it.pass(daySeconds);
      await it.scan('full');
    }
    expect(await it.reported()).toEqual(['+library/many/new.jpg']);
    expect((await it.rootRow()).haltedReason).toMatch(/^11 of 20\d known files/);
    const { id } = await it.rootRow();
    await getDb()
      .updateTable('scan_root')
      .set({ approvedAt: new Date(it.ports.now()), haltedReason: null })
      .execute();
    expect(await approveMissing(getDb(), id)).toBe(true);
    await getDb()
      .updateTable('scan_root')
      .set({ approvedAt: new Date(it.ports.now()) })
      .execute();
    await it.scan('full');
    expect(await it.reported()).toHaveLength(11);
    expect((await it.rootRow()).haltedReason).toBeNull();
    remove('many/100.jpg');
    await it.scan('full');
    expect((await it.rootRow()).haltedReason).toBeNull();
  });

  test('does not halt a tree for a few files, however small it is', async () => {
    addMany(20);
    await it.settle();
    for (let n = 0; n < 10; n += 1) remove(`many/${n}.jpg`);
    for (let n = 0; n < 3; n += 1) {
      it.pass(daySeconds);
      await it.scan('full');
    }
    expect(await it.reported()).toHaveLength(10);
  });

  test('is ignored if Darkroom has deleted it itself, however many files that are', async () => {
    addMany(200);
    await it.settle();
    for (let n = 0; n < 200; n += 1) remove(`many/${n}.jpg`);
    await getDb().deleteFrom('stored_object').execute();
    await it.scan('full');
    expect(await it.states()).toEqual({});
    expect(await it.rootRow()).toMatchObject({ haltedReason: null });
    expect(await it.reported()).toEqual([]);
  });

  test('is checked once more before it is reported', async () => {
    it.put('anna/a.jpg');
    it.put('anna/b.jpg');
    await it.settle();
    remove('anna/a.jpg');
    await it.scan('full');
    it.pass(2 * daySeconds);
    // The file comes back while the last scan waits for another one to settle.
    it.put('ben/c.jpg');
    it.whileWaiting(() => it.put('anna/a.jpg'));
    await it.scan('full');
    expect(await it.reported()).toEqual(['+library/ben/c.jpg']);
    expect((await it.states())['anna/a.jpg']).toBe('missing');
    it.whileWaiting(() => {});
    await it.scan('full');
    expect((await it.states())['anna/a.jpg']).toBe('reported');
  });

  test('is not removed when the tree vanishes before the scan has ended', async () => {
    for (const name of ['a', 'b', 'c']) it.put(`anna/${name}.jpg`);
    await it.settle();
    remove('anna/a.jpg');
    await it.scan('full');
    it.pass(2 * daySeconds);
    it.put('ben/c.jpg');
    const aside = `${it.root}-aside`;
    it.whileWaiting(() => {
      renameSync(it.root, aside);
      mkdirSync(it.root);
    });
    expect(await it.scan('full')).toBe('away');
    expect(await it.reported()).toEqual([]);
    expect((await it.states())['anna/b.jpg']).toBe('reported');
    rmSync(it.root, { recursive: true });
    cpSync(aside, it.root, { recursive: true, preserveTimestamps: true });
    rmSync(aside, { recursive: true });
    it.whileWaiting(() => {});
    expect(await it.scan('full')).toBe('finished');
    expect((await it.states())['anna/b.jpg']).toBe('reported');
  });
});
