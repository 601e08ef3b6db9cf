import {
  PostgresAdapter,
  PostgresDialect,
  Kysely,
  type DialectAdapter,
  type Driver,
  type PostgresDialectConfig,
} from 'kysely';
import { Pool } from 'pg';
import type { OpenDb } from './db.ts';
import { NamedErrorDriver } from './driver.ts';
import { parserOf } from './parsers.ts';
import { listenOnPostgres } from './listen.ts';
import { LargeListPlugin } from './large-lists.ts';
import type { Tables } from './tables.ts';

export interface PostgresOptions {
  url: string;
  /** Connections of this process; the sum over all pods must stay below max_connections. */
  poolSize?: number;
}

/**
 * Opens a pool for PostgreSQL without connecting yet. No session state is used: it works behind PgBouncer in
 * transaction mode.
 */
export function connectPostgres({ url, poolSize = 4 }: PostgresOptions): OpenDb {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf },
  });
  // Ignore a connection that breaks while idle: the next query opens another one.
  pool.on('error', () => {});
  // Ignore one that breaks between two queries of a transaction: its next query fails with the reason.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new TransactionModeDialect({ pool }), plugins: [new LargeListPlugin()] });
  return { db, kind: 'postgres', listen: listenOnPostgres(url), [Symbol.asyncDispose]: () => db.destroy() };
}

/**
 * kysely's dialect without its session lock, and with the error code `db/unavailable` when the database is unavailable.
 */
export class TransactionModeDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new NamedErrorDriver(this.#config);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionModeAdapter();
  }
}

/** `migrate` holds a transaction-level lock; kysely's own session-level lock would not be released behind PgBouncer. */
class TransactionModeAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}
