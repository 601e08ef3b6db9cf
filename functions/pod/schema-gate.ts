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
 * Checks the schema while the rest of the pod starts, and keeps a new revision unready while the database is known to
 * have an older schema. An unreachable, slow or newer database does not delay readiness: requests then get the error.
 * @returns why the pod is not ready yet; undefined if it is ready
 */
export function openSchemaGate({ check, log, signal }: SchemaGateOptions): () => string | undefined {
  let schema: Schema | 'being checked' = 'being checked';
  // Set at the first probe: while the modules of a function load, the event loop cannot process the database's response.
  let firstAskedMs: number | undefined;
  const watch = async () => {
    schema = await look(check);
    if (schema !== 'older') return;
    log.info('not ready until the database has been migrated');
    for (let seen: Schema = schema; seen === 'older' || seen === 'unknown';) {
      await pause(checkAgainMs, undefined, { signal, ref: false });
      seen = await look(check);
      // An unreachable database does not prove that the older schema is gone.
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
