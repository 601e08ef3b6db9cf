import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<true>();

/**
 * Runs `act` so that its commits need not have reached the disk when they return: for work that is done again when a
 * power cut takes it. A later commit that waits brings all earlier ones along. Only the embedded database makes a
 * difference: its syncs hold up everybody.
 */
export function commitLater<Result>(act: () => Promise<Result>): Promise<Result> {
  return scope.run(true, act);
}

/** True inside of `commitLater`. */
export function mayCommitLater(): boolean {
  return scope.getStore() === true;
}
