import { sql } from 'kysely';
import type { Tx } from './db.ts';
import { readSchema } from './migrate.ts';
import { listSequences, listTables } from './table-catalog.ts';

/** The first line of an export: its format, version and schema. */
export interface ExportHeader {
  format: 'darkroom-export';
  version: 1;
  migrations: string[];
}

/** A line after the header that is not a row. Rows are objects of the columns of the table named last. */
export type ExportMark = ['table', string] | ['sequence', string, string] | ['end', number];

const rowsAtOnce = 500;

/**
 * Yields the whole database as lines of JSON, several lines at a time: a header, the rows of each table in PostgreSQL's
 * JSON form, the sequences, and the number of rows, by which a reader detects a truncated export. The transaction must
 * be a snapshot.
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
