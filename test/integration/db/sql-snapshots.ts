import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { SqlRecorder } from '#test/support/sql-recorder.ts';
import { formatSql } from '#test/support/sql-text.ts';
import { makeRows, removeRows, type Sample } from './sql-samples/sample.ts';

/** An absolute path, since the test runner does not resolve a relative import with a variable folder. */
const samplesFolder = fileURLToPath(new URL('sql-samples/', import.meta.url));
export const sharedFolder = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** A query function takes the database, or a transaction, first. */
const queryFunction = /^export async function \w+(?:<[^(]*>)?\(\s*(?:db|tx): (?:Db|Tx)\b/m;

/** Excluded because their SQL depends on tables, or comes from rooms that have samples. */
const notOfRooms = ['db/', 'pipeline/', 'platform/'];

/** The modules with query functions, as `room/module`. */
async function listQueryModules(): Promise<string[]> {
  const modules: string[] = [];
  for (const entry of await readdir(sharedFolder, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
    const path = join(entry.parentPath, entry.name).slice(sharedFolder.length);
    if (notOfRooms.some((it) => path.startsWith(it))) continue;
    if (queryFunction.test(await readFile(join(sharedFolder, path), 'utf8')))
      modules.push(path.slice(0, -'.ts'.length));
  }
  return modules.toSorted();
}

/** Where the snapshot of `room/module` is committed. */
export const snapshotPath = (module: string): string =>
  join(sharedFolder, dirname(module), 'sql', `${basename(module)}.sql`);

/**
 * Calls every query function with sample arguments on an embedded database, and returns the SQL of each by `room/module`.
 * Throws if a function or a module has no sample.
 */
export async function recordSnapshots(): Promise<Map<string, string>> {
  const recorder = new SqlRecorder();
  await using open = await createEmbeddedDb();
  const recorded = open.db.withPlugin(recorder);
  const snapshots = new Map<string, string>();
  for (const name of await listQueryModules()) {
    const sections: string[] = [];
    for (const [query, sample] of await loadSamples(name)) {
      await removeRows(open.db);
      const rows = await makeRows(open.db);
      await sample(recorded, rows, open.db);
      const statements = recorder.take();
      if (statements.length === 0) throw new Error(`The sample of ${name}.ts ${query} sends nothing`);
      sections.push(`-- ${query}\n${statements.map((it) => `${formatSql(it)};\n`).join('\n')}`);
    }
    snapshots.set(
      name,
      `-- What the functions of ${basename(name)}.ts send. Written by: npm run sql\n\n${sections.join('\n')}`,
    );
  }
  return snapshots;
}

/** The samples of a module in the order of their names. */
async function loadSamples(name: string): Promise<[query: string, sample: Sample][]> {
  const queries = (await import(`${sharedFolder}${name}.ts`)) as Record<string, unknown>;
  const { samples } = (await import(`${samplesFolder}${name}.ts`)) as { samples: Record<string, Sample> };
  const exported = Object.keys(queries)
    .filter((it) => isAsync(queries[it]))
    .toSorted();
  const missing = exported.filter((it) => samples[it] === undefined);
  if (missing.length > 0)
    throw new Error(`test/integration/db/sql-samples/${name}.ts has no sample of ${missing.join(', ')}`);
  return Object.entries(samples).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const isAsync = (value: unknown) => typeof value === 'function' && value.constructor.name === 'AsyncFunction';
