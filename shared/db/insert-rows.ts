import { sql, type Insertable, type InsertQueryBuilder, type InsertResult, type Selectable } from 'kysely';
import type { Db } from './db.ts';
import type { Tables } from './tables.ts';

/** A row to insert, with the types that queries return. */
type NewRow<Table> = {
  [Column in keyof Insertable<Table>]: Column extends keyof Selectable<Table> ? Selectable<Table>[Column] : never;
};

/**
 * Inserts rows, at least one, which all have the same columns. All rows are one JSON parameter, since a statement has
 * at most 65,535 parameters. Columns of bytea are not supported.
 * @see PostgreSQL documentation, section 9.16, json_populate_recordset
 */
export function insertRows<Name extends keyof Tables>(
  db: Db,
  table: Name,
  rows: readonly NewRow<Tables[Name]>[],
): InsertQueryBuilder<Tables, Name, InsertResult> {
  const columns = Object.keys(rows[0] ?? {});
  const values = sql`json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)`;
  return db
    .insertInto(table)
    .columns(columns as never)
    .expression(sql`select ${sql.join(columns.map((it) => sql.ref(it)))} from ${values}`);
}
