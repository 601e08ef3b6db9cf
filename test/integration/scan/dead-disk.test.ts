import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWithDeadDisk, mountDeadDisk } from '#test/support/dead-disk.ts';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { openScanHarness } from './scan-harness.ts';

describeWithDeadDisk('a tree on a disk that does not answer', () => {
  test('is given up in time while everything else continues, holds one thread and no lease, and is scanned again when it answers', async () => {
    await using opened = await createEmbeddedDb();
    using it = openScanHarness(opened.db);
    it.put('anna/a.jpg');
    await it.settle();
    const before = await it.states();
    {
      using _dead = mountDeadDisk(it.root);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 20);
      expect(await it.scan('full', { deadlineMs: 1_000 })).toBe('away');
      clearInterval(timer);
      expect(turns).toBeGreaterThan(10);
      expect((await it.rootRow()).problem).toContain('nothing was heard of it for 1 s');
      expect(await it.rootRow()).toMatchObject({ holder: null, leaseUntil: null });
      const startedMs = performance.now();
      expect(await it.scan('full')).toBe('away');
      expect(performance.now() - startedMs).toBeLessThan(5_000);
      expect((await it.rootRow()).problem).toContain('the last scan still waits for it');
      expect(await it.states()).toEqual(before);
    }
    const outcome = async () => await it.scan('full');
    for (let tries = 0; tries < 50 && (await outcome()) !== 'finished'; tries += 1) await setTimeout(100);
    expect(await it.rootRow()).toMatchObject({ problem: null });
    expect(await it.states()).toEqual(before);
    expect(await it.reported()).toEqual([]);
  });
});
