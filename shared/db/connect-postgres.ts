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
import { LargeListPlugin } from './large-lists.ts';
import type { Tables } from './tables.ts';

export interface PostgresOptions {
  url: string;
  /** Connections of this process; the sum over all pods must stay below max_connections. */
  poolSize?: number;
}

/** Opens PostgreSQL without connecting yet. Nothing here needs a session: it works behind PgBouncer in transaction mode. */
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
  // A connection that breaks while idle is not an error of any query: the next query opens another one.
  pool.on('error', () => {});
  // Nor is one that breaks between two queries of a transaction: its next query fails, and says why.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new TransactionModeDialect({ pool }), plugins: [new LargeListPlugin()] });
  return { db, kind: 'postgres', [Symbol.asyncDispose]: () => db.destroy() };
}

/** kysely's dialect without its lock of the session, and with errors that say by their code when the database is away. */
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

/** `migrate` holds a lock of its transaction; kysely's own lock would live in the session, and outlive it behind PgBouncer. */
class TransactionModeAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}
