import type { Db } from '#shared/db/db.ts';
import { withLocks } from '#shared/db/transaction.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Store } from '#shared/store/store.ts';
import { readObjectState, type ObjectState, type ObjectStatePorts } from './read-object-state.ts';
import { findOwnership, holdOwnership } from './ownership.ts';
import { NotSeen, type Sightings } from './sightings.ts';

export interface DecidePorts extends ObjectStatePorts {
  store: Pick<Store, 'kind' | 'find'>;
}

/** Ports of a decision: the database within its transaction, and what was seen in the store before it. */
export interface DecisionPorts extends ObjectStatePorts {
  db: Db;
  seen: Sightings;
}

/** Each attempt first looks at the keys that the one before turned out to need. */
const attemptsMax = 10;

/**
 * Decides about a key in a transaction that never waits for the store: keys that `act` needs and that were not looked
 * at yet, or that another process decided about meanwhile, are looked at outside of the transaction, which then starts
 * again. Files that may be duplicates or renames of each other are decided about one after the other.
 * @throws resource/conflict if a key changes during every attempt
 */
export async function decide<Result>(
  ports: DecidePorts,
  seen: Sightings,
  key: string,
  act: (ports: DecisionPorts, look: ObjectState) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const locks = locksOf(await readObjectState(ports, key, findOwnership));
    try {
      return await withLocks(ports.db, locks, async (tx) => {
        const { config, store } = ports;
        const inside: DecisionPorts = { db: tx, config, store: { kind: store.kind }, seen };
        const look = await readObjectState(inside, key, holdOwnership);
        if (locksOf(look).some((lock) => !locks.includes(lock))) throw new NotSeen([key]);
        await seen.confirm(tx);
        return await act(inside, look);
      });
    } catch (error) {
      if (!(error instanceof NotSeen)) throw error;
      await seen.look(error.keys);
    }
  }
  throw changedMeanwhile(key);
}

function locksOf({ id, ownership, current, former }: ObjectState): string[] {
  const owners = [current, former, ownership.state === 'owned' ? ownership : undefined].filter(
    (it) => it !== undefined,
  );
  return [
    `object ${id.store} ${id.key}`,
    ...owners.map(({ ownerId, libraryId }) => `originals of ${ownerId} in ${libraryId ?? 'no library'}`),
  ];
}

export function changedMeanwhile(key: string): DarkroomError {
  return new DarkroomError('resource/conflict', `What is known of ${key} changed meanwhile`);
}
