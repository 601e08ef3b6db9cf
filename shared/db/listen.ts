import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';

export interface ChannelEvents {
  onMessage: (payload: string) => void;
  /** The connection was lost and is open again: messages may be missing. */
  onGap: () => void;
}

/**
 * Receives the messages of a channel until the result is disposed, each after the commit of its sender. Opens one
 * connection if the database is a server; LISTEN needs a session, so PgBouncer in transaction mode does not work.
 * @throws db/unavailable
 * @see PostgreSQL documentation, LISTEN and NOTIFY
 */
export type Listen = (channel: string, events: ChannelEvents) => Promise<AsyncDisposable>;

/** SQL that starts and ends listening in a session. The lock shows senders that a session listens. */
export const listenStatements = (channel: string): string[] => [
  `listen "${channel}"`,
  `select pg_advisory_lock_shared(hashtextextended('${channel}', 0))`,
];
export const unlistenStatements = (channel: string): string[] => [
  `unlisten "${channel}"`,
  `select pg_advisory_unlock_shared(hashtextextended('${channel}', 0))`,
];

/** SQL that is true while a session listens on a channel. */
export const isHeard = (channel: string) => sql<boolean>`exists (
  select from pg_locks
  where "locktype" = 'advisory' and "mode" = 'ShareLock' and "granted"
    and (("classid"::bigint << 32) | "objid"::bigint) = hashtextextended(${channel}, 0)
    and "database" = (select "oid" from pg_database where "datname" = current_database())
)`;

const reconnectMs = 250;
const reconnectMaxMs = 30_000;

export function listenOnPostgres(url: string): Listen {
  return async (channel, { onMessage, onGap }) => {
    const ending = new AbortController();
    let client: Client | undefined;
    const connect = async () => {
      const opened = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 });
      opened.on('error', () => {});
      opened.on('notification', ({ payload = '' }) => onMessage(payload));
      try {
        await opened.connect();
        for (const statement of listenStatements(channel)) await opened.query(statement);
        ending.signal.throwIfAborted();
      } catch (error) {
        await opened.end().catch(() => {});
        throw error;
      }
      client = opened;
      opened.once('end', () => void reconnect(reconnectMs));
    };
    const reconnect = async (delayMs: number): Promise<void> => {
      if (ending.signal.aborted) return;
      await wait(delayMs, undefined, { ref: false });
      try {
        await connect();
      } catch {
        return await reconnect(Math.min(delayMs * 2, reconnectMaxMs));
      }
      onGap();
    };
    await connect();
    return {
      async [Symbol.asyncDispose]() {
        ending.abort();
        await client?.end();
      },
    };
  };
}
