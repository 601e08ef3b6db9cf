import { RawNode, type KyselyPlugin } from 'kysely';
import type { Db } from '#shared/db/db.ts';

/** The executed plan of the one statement that `send` sends. The changes are rolled back, unless `db` is a transaction. */
export async function explain(db: Db, send: (db: Db) => Promise<unknown>): Promise<string> {
  let plan = '';
  const explaining: KyselyPlugin = {
    transformQuery({ node }) {
      if (!RawNode.is(node)) throw new Error('Only statements in SQL are explained');
      const [first = '', ...others] = node.sqlFragments;
      return RawNode.create([`explain (analyze, timing off) ${first}`, ...others], node.parameters);
    },
    transformResult({ result }) {
      plan = result.rows.map((row) => String(Object.values(row)[0])).join('\n');
      return Promise.resolve({ ...result, rows: [] });
    },
  };
  if (db.isTransaction) {
    await send(db.withPlugin(explaining));
    return plan;
  }
  const takenBack = new Error('taken back');
  try {
    await db.transaction().execute(async (tx) => {
      await send(tx.withPlugin(explaining));
      throw takenBack;
    });
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  return plan;
}
