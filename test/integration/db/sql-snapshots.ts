import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { SqlRecorder } from '#test/support/sql-recorder.ts';
import { formatSql } from '#test/support/sql-text.ts';
import { makeRows, removeRows, type Sample } from './sql-samples/sample.ts';

/** Where the modules of queries are; their snapshots are in `sql/`. */
export const queriesFolder = fileURLToPath(new URL('../../../shared/db/queries/', import.meta.url));

/** Without `.ts`. */
async function listQueryModules(): Promise<string[]> {
  const files = await readdir(queriesFolder);
  return files
    .filter((it) => it.endsWith('.ts') && !it.endsWith('.test.ts'))
    .map((it) => it.slice(0, -'.ts'.length))
    .toSorted();
}

/**
 * Calls every query function with sample arguments on an embedded database, and gives the SQL that each sent, by
 * module. Throws where a function or a module has no sample.
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
    snapshots.set(name, `-- What the functions of ${name}.ts send. Written by: npm run sql\n\n${sections.join('\n')}`);
  }
  return snapshots;
}

/** The samples of a module in the order of their names. */
async function loadSamples(name: string): Promise<[query: string, sample: Sample][]> {
  const queries = (await import(`${queriesFolder}${name}.ts`)) as Record<string, unknown>;
  const { samples } = (await import(`./sql-samples/${name}.ts`)) as { samples: Record<string, Sample> };
  const exported = Object.keys(queries)
    .filter((it) => isAsync(queries[it]))
    .toSorted();
  const missing = exported.filter((it) => samples[it] === undefined);
  if (missing.length > 0)
    throw new Error(`test/integration/db/sql-samples/${name}.ts has no sample of ${missing.join(', ')}`);
  return Object.entries(samples).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const isAsync = (value: unknown) => typeof value === 'function' && value.constructor.name === 'AsyncFunction';
