import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import type { Settings } from '#shared/settings/settings-schema.ts';
import type { Store } from '#shared/store/store.ts';

/** The ports of the API, built once in `main.ts`. */
export interface ApiPorts {
  readonly log: Log;
  readonly config: Config;
  readonly db: Db;
  readonly store: Store;
  readonly relay: Relay;
  /** The settings as they are now, at most two seconds old. @throws db/unavailable */
  readonly settings: () => Promise<Settings>;
  /** Checks the schema version at the first request that needs the database. @throws db/schema-older, db/schema-newer */
  readonly requireSchema: () => Promise<void>;
  /** The name of this process in reservations. */
  readonly holder: string;
}
