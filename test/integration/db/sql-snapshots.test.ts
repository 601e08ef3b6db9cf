import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { recordSnapshots, sharedFolder, snapshotPath } from './sql-snapshots.ts';

test('every query function sends the SQL of its snapshot; after a change: npm run sql, and commit', async () => {
  const snapshots = await recordSnapshots();
  expect(snapshots.size).toBeGreaterThan(20);
  const committed = (await Array.fromAsync(glob(`${sharedFolder}*/sql/*.sql`))).toSorted();
  expect(committed).toEqual([...snapshots.keys()].map(snapshotPath).toSorted());
  for (const [module, sql] of snapshots) expect(sql, module).toBe(await readFile(snapshotPath(module), 'utf8'));
});
