import { sql } from 'kysely';
import type { Tx } from './db.ts';
import { readSchema } from './migrate.ts';
import { listSequences, listTables } from './table-catalog.ts';

/** The first line of an export: what it is, and of which schema. */
export interface ExportHeader {
  format: 'darkroom-export';
  version: 1;
  migrations: string[];
}

/** What follows the header, besides a row of the table that was named last: an object of its columns. */
export type ExportMark = ['table', string] | ['sequence', string, string] | ['end', number];

const rowsAtOnce = 500;

/**
 * The whole database as lines of JSON, some lines at a time: a header, the rows of each table as PostgreSQL writes them,
 * the sequences, and the number of rows, by which a reader knows that it has all. The transaction must see one state of
 * the database.
 */
export async function* exportLines(tx: Tx): AsyncGenerator<string> {
  const { applied } = await readSchema(tx);
  const header: ExportHeader = { format: 'darkroom-export', version: 1, migrations: applied };
  yield `${JSON.stringify(header)}\n`;
  let count = 0;
  for (const { name } of await listTables(tx)) {
    yield toLine(['table', name]);
    await sql`declare exported no scroll cursor for
      select to_jsonb(${sql.ref(name)})::text as "row" from ${sql.table(name)}`.execute(tx);
    for (;;) {
      const { rows } = await sql<{ row: string }>`fetch ${sql.lit(rowsAtOnce)} from exported`.execute(tx);
      if (rows.length === 0) break;
      count += rows.length;
      yield rows.map(({ row }) => `${row}\n`).join('');
    }
    await sql`close exported`.execute(tx);
  }
  for (const { name, value } of await listSequences(tx)) yield toLine(['sequence', name, value]);
  yield toLine(['end', count]);
}

function toLine(mark: ExportMark): string {
  return `${JSON.stringify(mark)}\n`;
}
