import type { Db } from '#shared/db/db.ts';
import { listRevisions } from '#shared/assets/stored-object.ts';
import { storeNameOf } from '#shared/store/location.ts';
import type { Store, ObjectInfo } from '#shared/store/store.ts';

export interface SightingPorts {
  db: Db;
  store: Pick<Store, 'kind' | 'find'>;
}

/** Thrown within a transaction that needs keys that were not looked at, or not since they were last decided about. */
export class NotSeen extends Error {
  readonly keys: readonly string[];

  constructor(keys: readonly string[]) {
    super(`not looked at: ${keys.join(', ')}`);
    this.keys = keys;
  }
}

interface Sighting {
  /** Of the key's record before the key was looked at. */
  revision: string | undefined;
  found: ObjectInfo | undefined;
  error?: unknown;
}

/**
 * What is under some keys, looked at before a transaction that does not wait for the store. A sighting is void once
 * another transaction has decided about its key.
 */
export class Sightings {
  readonly #ports: SightingPorts;
  readonly #seen = new Map<string, Sighting>();

  constructor(ports: SightingPorts) {
    this.#ports = ports;
  }

  /** Looks at keys in parallel. `find` throws the store's errors. Must not be called within a transaction. */
  async look(keys: readonly string[]): Promise<void> {
    const { db, store } = this.#ports;
    const revisions = await this.#readRevisions(db, keys);
    const look = async (key: string, index: number): Promise<void> => {
      const revision = revisions[index];
      try {
        this.#seen.set(key, { revision, found: await store.find(key) });
      } catch (error) {
        this.#seen.set(key, { revision, found: undefined, error });
      }
    };
    await Promise.all(keys.map(look));
  }

  /** What was under a key. @throws NotSeen, and what the store threw */
  find(key: string): ObjectInfo | undefined {
    const sighting = this.#seen.get(key);
    if (sighting === undefined) throw new NotSeen([key]);
    if (sighting.error !== undefined) throw sighting.error;
    return sighting.found;
  }

  /** @throws NotSeen with all keys that were not looked at */
  require(keys: readonly string[]): void {
    const unseen = keys.filter((key) => !this.#seen.has(key));
    if (unseen.length > 0) throw new NotSeen(unseen);
  }

  /** Checks, under the locks of a transaction, that no key was decided about since it was looked at. @throws NotSeen */
  async confirm(tx: Db): Promise<void> {
    const keys = [...this.#seen.keys()];
    const revisions = await this.#readRevisions(tx, keys);
    const stale = keys.filter((key, index) => this.#seen.get(key)?.revision !== revisions[index]);
    if (stale.length > 0) throw new NotSeen(stale);
  }

  #readRevisions(db: Db, keys: readonly string[]): Promise<(string | undefined)[]> {
    return listRevisions(
      db,
      keys.map((key) => ({ store: storeNameOf(this.#ports.store, key), key })),
    );
  }
}
