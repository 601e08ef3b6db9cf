import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { queriesFolder, recordSnapshots } from './sql-snapshots.ts';

const sqlFolder = join(queriesFolder, 'sql');

test('every query function sends what was last reviewed; after a change: npm run sql, and commit', async () => {
  const snapshots = await recordSnapshots();
  expect(snapshots.size).toBeGreaterThan(20);
  expect((await readdir(sqlFolder)).toSorted()).toEqual([...snapshots.keys()].map((name) => `${name}.sql`).toSorted());
  for (const [name, sql] of snapshots) expect(sql, name).toBe(await readFile(join(sqlFolder, `${name}.sql`), 'utf8'));
});
