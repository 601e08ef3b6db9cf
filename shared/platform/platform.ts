import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { EventHandler } from '#shared/events/receive.ts';
import type { Publish } from '#shared/events/publish.ts';
import type { Log } from '#shared/log/log.ts';
import type { Store } from '#shared/store/store.ts';
import type { StoreIdentity } from './store-identity.ts';

/** What the process that runs a function gives to it: one function's process in a cluster, all of them on a laptop. */
export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly db: Db;
  readonly store: Store;
  /** Says whether the store is the one that the database belongs to, and whether anything may be deleted there. */
  readonly identity: StoreIdentity;
  readonly publish: Publish;
  /** Names this process in leases. */
  readonly holder: string;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** What the `main.ts` of every event function exports as `fn`. */
export interface EventFunction {
  readonly name: string;
  create(platform: Platform): EventHandler | Promise<EventHandler>;
}
