import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<true>();

/**
 * Runs `act` with commits that may return before they are on the disk: for work that is repeated if a power cut loses
 * it. A later commit that waits for the disk makes all earlier ones durable. It affects only the embedded database,
 * whose syncs block all queries.
 */
export function commitLater<Result>(act: () => Promise<Result>): Promise<Result> {
  return scope.run(true, act);
}

/** True inside of `commitLater`. */
export function mayCommitLater(): boolean {
  return scope.getStore() === true;
}
