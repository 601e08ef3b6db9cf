import { toDarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { EventHandler } from '#shared/events/receive.ts';

/** Answers 503 until the schema fits, so that the Broker retries the event after the migration or rollout. */
export function requireSchema(check: () => Promise<void>, handler: EventHandler): EventHandler {
  return async (request, signal) => {
    try {
      await check();
    } catch (error) {
      const problem = { ...toProblem(toDarkroomError(error)), status: 503, retry: true };
      return { status: 503, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(problem) };
    }
    return await handler(request, signal);
  };
}
