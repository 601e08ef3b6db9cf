import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { EventHandler } from '#shared/events/receive.ts';
import type { Publish } from '#shared/events/publish.ts';
import type { Log } from '#shared/log/log.ts';
import type { Settings } from '#shared/settings/settings-schema.ts';
import type { Store } from '#shared/store/store.ts';
import type { StoreIdentity } from './store-identity.ts';

/** The resources shared by the functions of a process: one function in a cluster, all of them on a laptop. */
export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly db: Db;
  readonly store: Store;
  /** Checks that the store is the one that belongs to the database, and whether files may be deleted there. */
  readonly identity: StoreIdentity;
  readonly publish: Publish;
  /** The settings as they are now, at most two seconds old. @throws db/unavailable */
  readonly settings: () => Promise<Settings>;
  /** Identifies this process in leases. */
  readonly holder: string;
  /** Aborts when the process has to end. */
  readonly signal: AbortSignal;
}

/** The export `fn` of the `main.ts` of every event function. */
export interface EventFunction {
  readonly name: string;
  create(platform: Platform): EventHandler | Promise<EventHandler>;
}
