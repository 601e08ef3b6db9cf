import { createHash } from 'node:crypto';
import type { PGlite } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Client, type Notification } from 'pg';
import { mayCommitLater } from './commit-later.ts';
import { listenStatements, unlistenStatements, type Listen } from './listen.ts';
import { parserOf } from './parsers.ts';
import type { PGliteFiles } from './pglite-files.ts';
import { PGliteSocket } from './pglite-socket.ts';

/**
 * More than the number of distinct statements in the code; lists of varying lengths would otherwise grow the cache
 * without limit.
 */
const preparedMax = 500;

/**
 * Bytes of write-ahead log between two checkpoints; in a single process PostgreSQL makes none by itself until it ends.
 */
const logBytesMax = 64 * 2 ** 20;

/**
 * A pool of PGlite's single connection, used through the same client as PostgreSQL, so that both databases read and
 * write every type alike. Statements are prepared, which halves their time and is possible because the session is not
 * shared with other clients. Callers get the connection in the order of their requests; each decides whether its
 * commits wait for the disk (`commitLater`).
 */
export function createPGlitePool(pglite: PGlite, files?: PGliteFiles): PostgresPool & { listen: Listen } {
  const client = new Client({
    stream: () => new PGliteSocket(pglite, files),
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    types: { getTypeParser: parserOf },
  });
  client.on('error', () => {});
  let connecting: Promise<unknown> | undefined;
  let last: Promise<void> = Promise.resolve();
  const names = new Map<string, string>();
  const prepare = (text: string) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= preparedMax) return known;
    const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
    names.set(text, name);
    return name;
  };
  const query = (text: string, values: readonly unknown[]) => {
    const name = values.length === 0 ? undefined : prepare(text);
    return client.query({ text, values: [...values], ...(name !== undefined && { name }) });
  };
  const limitLog = async () => {
    if (files === undefined || files.logBytes < logBytesMax) return;
    files.logBytes = 0;
    await client.query('checkpoint').catch(() => {});
  };
  const pool: PostgresPool = {
    options: {},
    async connect() {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const before = last;
      last = before.then(() => released).then(limitLog);
      await before;
      if (files !== undefined) files.mayPostpone = mayCommitLater();
      connecting ??= client.connect();
      await connecting;
      return { query, release } as unknown as PostgresPoolClient;
    },
    async end() {
      await last;
      if (connecting !== undefined) await client.end();
    },
  };
  /** Runs statements when it is their turn. */
  const runAll = async (statements: readonly string[]) => {
    const turn = await pool.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      turn.release();
    }
  };
  const listen: Listen = async (channel, { onMessage }) => {
    const hear = (message: Notification) => {
      if (message.channel === channel) onMessage(message.payload ?? '');
    };
    client.on('notification', hear);
    await runAll(listenStatements(channel));
    return {
      async [Symbol.asyncDispose]() {
        client.off('notification', hear);
        await runAll(unlistenStatements(channel));
      },
    };
  };
  return { ...pool, listen };
}
