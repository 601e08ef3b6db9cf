import { sql } from 'kysely';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Tx } from './db.ts';
import type { ExportHeader, ExportMark } from './export-lines.ts';
import { readSchema } from './migrate.ts';
import { listTables, type TableFacts } from './table-catalog.ts';

/**
 * Fills a database without users with the lines of an export of the same schema. Ids, times and counters are copied
 * unchanged: triggers are disabled meanwhile. Returns the number of rows.
 * @throws input/invalid if the lines are not a complete export of this schema, or the database has users
 */
export async function importLines(tx: Tx, lines: AsyncIterable<string>): Promise<number> {
  const tables = await listTables(tx);
  const reader = lines[Symbol.asyncIterator]();
  await checkHeader(tx, (await reader.next()).value as string | undefined);
  await clear(tx, tables);
  const late = await beginLoading(tx, tables);
  const target = createTarget(tx, tables);
  let announced: number | undefined;
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
    if (next.value.startsWith('{')) await target.add(next.value);
    else {
      await target.flush();
      const mark = parse(next.value) as ExportMark;
      if (mark[0] === 'table') target.begin(mark[1]);
      if (mark[0] === 'sequence') await sql`select setval(${`"${mark[1]}"`}, ${mark[2]}::bigint)`.execute(tx);
      if (mark[0] === 'end') announced = mark[1];
    }
  }
  if (announced !== target.count()) throw invalid('The export is not whole: its end is missing');
  await endLoading(tx, tables, late);
  return target.count();
}

async function checkHeader(tx: Tx, line: string | undefined): Promise<void> {
  const header = parse(line ?? '') as Partial<ExportHeader>;
  if (header.format !== 'darkroom-export' || header.version !== 1) throw invalid('This is no export of Darkroom');
  const { applied } = await readSchema(tx);
  const theirs = header.migrations ?? [];
  if (theirs.join() === applied.join()) return;
  throw invalid(
    `The export has the schema ${theirs.at(-1)}, this version has ${applied.at(-1)}: import it with the version that made it, then upgrade`,
  );
}

/** Rows of a new database (its schema version, its store) are replaced by those of the export. */
async function clear(tx: Tx, tables: readonly TableFacts[]): Promise<void> {
  const names = sql.join(tables.map(({ name }) => sql.table(name)));
  await sql`lock table ${names} in access exclusive mode`.execute(tx);
  const user = await tx.selectFrom('user').select('id').limit(1).executeTakeFirst();
  if (user !== undefined) throw invalid('The database has users already: an import needs an empty one');
  await sql`truncate ${names}`.execute(tx);
}

interface LateCheck {
  table: string;
  constraint: string;
}

/**
 * References among tables that refer to each other, or to themselves, can be checked only after all rows are inserted.
 */
async function beginLoading(tx: Tx, tables: readonly TableFacts[]): Promise<LateCheck[]> {
  const late: LateCheck[] = [];
  const loaded = new Set<string>();
  for (const { name, references } of tables) {
    await sql`alter table ${sql.table(name)} disable trigger user`.execute(tx);
    for (const { constraint, table } of references) if (!loaded.has(table)) late.push({ table: name, constraint });
    loaded.add(name);
  }
  for (const it of late) await setDeferrable(tx, it, sql`deferrable initially deferred`);
  return late;
}

async function endLoading(tx: Tx, tables: readonly TableFacts[], late: readonly LateCheck[]): Promise<void> {
  for (const { constraint } of late) await sql`set constraints ${sql.ref(constraint)} immediate`.execute(tx);
  for (const it of late) await setDeferrable(tx, it, sql`not deferrable`);
  for (const { name } of tables) await sql`alter table ${sql.table(name)} enable trigger user`.execute(tx);
}

async function setDeferrable(tx: Tx, { table, constraint }: LateCheck, how: ReturnType<typeof sql>): Promise<void> {
  await sql`alter table ${sql.table(table)} alter constraint ${sql.ref(constraint)} ${how}`.execute(tx);
}

const rowsAtOnce = 500;
const charactersAtOnce = 4 * 2 ** 20;

function createTarget(tx: Tx, tables: readonly TableFacts[]) {
  let table: TableFacts | undefined;
  let rows: string[] = [];
  let characters = 0;
  let count = 0;
  const flush = async () => {
    if (rows.length === 0) return;
    if (table === undefined) throw invalid('The export has rows of no table');
    const columns = sql.join(table.columns.map((it) => sql.ref(it)));
    await sql`insert into ${sql.table(table.name)} (${columns}) overriding system value
      select ${columns} from json_populate_recordset(null::${sql.table(table.name)}, ${`[${rows.join()}]`}::json)`.execute(
      tx,
    );
    rows = [];
    characters = 0;
  };
  return {
    begin(name: string) {
      table = tables.find((it) => it.name === name);
      if (table === undefined) throw invalid(`There is no table ${name}`);
    },
    async add(row: string) {
      rows.push(row);
      count += 1;
      characters += row.length;
      if (rows.length === rowsAtOnce || characters > charactersAtOnce) await flush();
    },
    flush,
    count: () => count,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new DarkroomError('input/invalid', 'This is no export of Darkroom', { cause: error });
  }
}

function invalid(message: string): DarkroomError {
  return new DarkroomError('input/invalid', message);
}
