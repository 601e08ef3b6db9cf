// `npm run sql`: writes the SQL of each query function to snapshots for review. A test compares them with the sent SQL.
import { glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordSnapshots, sharedFolder, snapshotPath } from '#test/integration/db/sql-snapshots.ts';

const snapshots = await recordSnapshots();
for await (const folder of glob(`${sharedFolder}*/sql`)) await rm(folder, { recursive: true });
for (const [module, sql] of snapshots) {
  const path = snapshotPath(module);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, sql);
}
console.log(`${snapshots.size} snapshots are in shared/<room>/sql`);
