import { setTimeout as pause } from 'node:timers/promises';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';

export interface SchemaGateOptions {
  /** Resolves if the database has the schema that this version needs. */
  check: () => Promise<void>;
  log: Log;
  signal: AbortSignal;
}

const checkMaxMs = 1000;
const checkAgainMs = 1000;

/**
 * Looks at the schema while the rest of the pod starts, and keeps a new revision from traffic for as long as the
 * database is known to have an older one. A database that is away, slow to answer or newer holds nobody up: requests
 * are told so.
 * @returns why the pod is not ready yet; undefined once requests may come
 */
export function openSchemaGate({ check, log, signal }: SchemaGateOptions): () => string | undefined {
  let schema: Schema | 'being checked' = 'being checked';
  // Not counted from here: while the modules of a function load, no answer of a database is heard.
  let firstAskedMs: number | undefined;
  const watch = async () => {
    schema = await look(check);
    if (schema !== 'older') return;
    log.info('not ready before the database has been migrated');
    for (let seen: Schema = schema; seen === 'older' || seen === 'unknown';) {
      await pause(checkAgainMs, undefined, { signal, ref: false });
      seen = await look(check);
      // Once it was seen to be older, a database that is away proves nothing.
      if (seen !== 'unknown') schema = seen;
    }
  };
  // Rejects only when the process ends.
  watch().catch(() => {});
  return () => {
    if (schema === 'older') return 'the database has not been migrated yet';
    firstAskedMs ??= performance.now();
    const isWaiting = schema === 'being checked' && performance.now() - firstAskedMs < checkMaxMs;
    return isWaiting ? 'the schema of the database is being checked' : undefined;
  };
}

type Schema = 'fits' | 'older' | 'newer' | 'unknown';

async function look(check: () => Promise<void>): Promise<Schema> {
  try {
    await check();
    return 'fits';
  } catch (error) {
    if (isDarkroomError(error, 'db/schema-older')) return 'older';
    return isDarkroomError(error, 'db/schema-newer') ? 'newer' : 'unknown';
  }
}
