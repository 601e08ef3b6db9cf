import { sql } from 'kysely';
import type { Db } from './db.ts';

export interface TableFacts {
  name: string;
  /** The columns that are not generated, in order. */
  columns: string[];
  references: { constraint: string; table: string }[];
}

/** Lists every table of Darkroom, referenced tables before the referring ones, except in cycles. */
export async function listTables(db: Db): Promise<TableFacts[]> {
  const { rows } = await sql<TableFacts>`
    select "table".relname::text as "name",
      array(
        select attname::text from pg_attribute
        where attrelid = "table".oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
      ) as "columns",
      array(
        select json_build_object('constraint', conname, 'table', referred.relname)
        from pg_constraint join pg_class referred on referred.oid = confrelid
        where conrelid = "table".oid and contype = 'f' order by conname
      ) as "references"
    from pg_class "table"
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname not like 'kysely_migration%'
    order by relname`.execute(db);
  const ordered = new Set<TableFacts>();
  const visited = new Set<TableFacts>();
  const visit = (table: TableFacts) => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const reference of table.references) {
      const referred = rows.find(({ name }) => name === reference.table);
      if (referred !== undefined) visit(referred);
    }
    ordered.add(table);
  };
  rows.forEach(visit);
  return [...ordered];
}

/** Lists the sequences that were used, with their last value. */
export async function listSequences(db: Db): Promise<{ name: string; value: string }[]> {
  const { rows } = await sql<{ name: string; value: string }>`
    select sequencename::text as "name", last_value::text as "value" from pg_sequences
    where schemaname = current_schema() and last_value is not null order by sequencename`.execute(db);
  return rows;
}
