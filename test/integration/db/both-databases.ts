import { afterAll, beforeAll, describe } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db, OpenDb } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';

export type DbKind = OpenDb['kind'];
type Suite = (getDb: () => Db, kind: DbKind, getOpen: () => OpenDb) => void;

/** Runs one suite on PGlite and on PostgreSQL, each with an empty database of this version: both must give equal types and results. */
export function onBothDatabases(name: string, suite: Suite): void {
  describe(`${name}, on PGlite`, () => withDb('pglite', createEmbeddedDb, suite));
  describeWithService('postgres', `${name}, on PostgreSQL`, () => {
    withDb(
      'postgres',
      async () => connectPostgres({ url: (await (await sharedPostgres()).createDatabase()).url, poolSize: 10 }),
      suite,
    );
  });
}

function withDb(kind: DbKind, open: () => Promise<OpenDb>, suite: Suite): void {
  let opened: OpenDb | undefined;
  beforeAll(async () => {
    opened = await open();
    await migrateToLatest(opened.db);
  });
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
  });
  const getOpen = () => {
    if (opened === undefined) throw new Error('the database is opened by beforeAll');
    return opened;
  };
  suite(() => getOpen().db, kind, getOpen);
}
