// `npm run sql`: writes the SQL that each query function sends, for review. A test compares it with what is sent.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queriesFolder, recordSnapshots } from '#test/integration/db/sql-snapshots.ts';

const folder = join(queriesFolder, 'sql');
const snapshots = await recordSnapshots();
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
for (const [name, sql] of snapshots) await writeFile(join(folder, `${name}.sql`), sql);
console.log(`${snapshots.size} snapshots are in shared/db/queries/sql`);
