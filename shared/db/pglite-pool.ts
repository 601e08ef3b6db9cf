import { createHash } from 'node:crypto';
import type { PGlite } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Client } from 'pg';
import { mayCommitLater } from './commit-later.ts';
import { parserOf } from './parsers.ts';
import type { PGliteFiles } from './pglite-files.ts';
import { PGliteSocket } from './pglite-socket.ts';

/** More different statements than any version has; lists of many lengths would make ever more. */
const preparedMax = 500;

/** Of write-ahead log between two checkpoints; in a single process PostgreSQL makes none of its own until it ends. */
const logBytesMax = 64 * 2 ** 20;

/**
 * A pool of the one connection that PGlite has, spoken to by the same client as PostgreSQL: both databases read and
 * write every type alike. Statements are prepared, since nobody else uses the session, and that takes half of their
 * time off. Who waits for the connection gets it in the order of asking, and decides whether its commits wait for the
 * disk (`commitLater`).
 */
export function createPGlitePool(pglite: PGlite, files?: PGliteFiles): PostgresPool {
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
  return {
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
}
