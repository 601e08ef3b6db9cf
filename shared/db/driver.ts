import { PostgresDriver, type DatabaseConnection, type TransactionSettings } from 'kysely';
import { translateDbError } from './db-error.ts';
import { repeatTransient } from './transaction.ts';

/**
 * kysely's driver with the error code `db/unavailable`, so that callers can distinguish the database's socket errors
 * from a client's. A statement outside of any transaction that ends in a deadlock is retried.
 */
export class NamedErrorDriver extends PostgresDriver {
  readonly #connections = new WeakSet<DatabaseConnection>();
  readonly #inTransaction = new WeakSet<DatabaseConnection>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await named(() => super.acquireConnection());
    // kysely returns the same object for the same client of the pool.
    if (!this.#connections.has(connection)) this.#nameErrorsOf(connection);
    return connection;
  }

  #nameErrorsOf(connection: DatabaseConnection): void {
    this.#connections.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = (query, options) => {
      const send = () => named(() => execute<never>(query, options));
      return this.#inTransaction.has(connection) ? send() : repeatTransient(send);
    };
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
    this.#inTransaction.add(connection);
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.commitTransaction(connection);
    } finally {
      this.#inTransaction.delete(connection);
    }
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection as never);
    } finally {
      this.#inTransaction.delete(connection);
    }
  }
}

async function named<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw translateDbError(error);
  }
}
