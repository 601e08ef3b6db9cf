import type { Kysely, Transaction } from 'kysely';
import type { Listen } from './listen.ts';
import type { Tables } from './tables.ts';

/** The database, or a transaction of it: every query function takes one first. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** An open database. Disposing it waits for running queries and ends its connections. */
export interface OpenDb extends AsyncDisposable {
  readonly db: Db;
  readonly kind: 'postgres' | 'pglite';
  readonly listen: Listen;
}
