import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import type { Store } from '#shared/store/store.ts';

/** What the API needs of the world; built once in `main.ts`, real in tests too. */
export interface ApiPorts {
  readonly log: Log;
  readonly config: Config;
  readonly db: Db;
  readonly store: Store;
  readonly relay: Relay;
  /** Looks at the schema's version with the first request that needs the database. @throws db/schema-older, db/schema-newer */
  readonly requireSchema: () => Promise<void>;
  /** Names this process in reservations. */
  readonly holder: string;
}
