import type { Db } from '#shared/db/db.ts';
import { translateDbError } from '#shared/db/db-error.ts';
import { checkSchema } from '#shared/db/migrate.ts';
import { toProblem } from '#shared/errors/errors.ts';
import type { EventHandler } from '#shared/events/receive.ts';

/**
 * Looks at the schema's version with the first event, never at the start: a pod must be ready without the database.
 * Answers 503 until it fits, so that the Broker keeps the event: a migration or a rollout is under way.
 */
export function requireSchema(db: Db, handler: EventHandler): EventHandler {
  let checked: Promise<void> | undefined;
  return async (request, signal) => {
    checked ??= checkSchema(db);
    try {
      await checked;
    } catch (error) {
      checked = undefined;
      const problem = { ...toProblem(translateDbError(error)), status: 503, retry: true };
      return { status: 503, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(problem) };
    }
    return await handler(request, signal);
  };
}
