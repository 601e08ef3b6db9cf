import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import type { Db, OpenDb } from '#shared/db/db.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Publish } from '#shared/events/publish.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Log } from '#shared/log/log.ts';
import { withGuard } from '#shared/store/guarded-store.ts';
import { openCopyBudget, openPrimaryStore, withOutside } from '#shared/store/open-store.ts';
import { environmentSettings } from './environment-settings.ts';
import type { Platform } from './platform.ts';
import { StoreIdentity } from './store-identity.ts';

export interface PlatformOptions {
  log: Log;
  publish: Publish;
  signal: AbortSignal;
  /** Opens the embedded database; without it DATABASE_URL is required. */
  openEmbedded?: (folder: string) => Promise<OpenDb>;
}

export interface OpenPlatform extends Platform, AsyncDisposable {
  readonly databaseKind: OpenDb['kind'];
}

/** Opens database and store according to the configuration. Neither has to be available yet. @throws config/invalid */
export async function openPlatform(config: Config, options: PlatformOptions): Promise<OpenPlatform> {
  const { log, publish, signal } = options;
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await openDatabase(config, options));
  const { store, identity } = await openStore(config, { db: database.db, log });
  opened.use(store);
  const resources = opened.move();
  return {
    config,
    log,
    publish,
    settings: readLazily(database.db, config),
    signal,
    db: database.db,
    store,
    identity,
    holder: `${hostname()}:${process.pid}:${newId().slice(0, 8)}`,
    databaseKind: database.kind,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Loads the schema of the settings with the first reading: most functions never read them. */
function readLazily(db: Db, config: Config): Platform['settings'] {
  let reader: Promise<Platform['settings']> | undefined;
  return async () => {
    reader ??= import('#shared/settings/settings.ts').then((it) =>
      it.createSettingsReader(db, environmentSettings(config)),
    );
    return await (
      await reader
    )();
  };
}

/**
 * Opens the store with its guard: it is usable only while it is the one that belongs to the database.
 * @throws config/invalid
 */
export async function openStore(
  config: Config,
  { db, log }: Pick<Platform, 'db' | 'log'>,
): Promise<Pick<Platform, 'store' | 'identity'>> {
  const copies = openCopyBudget(config);
  const primary = await openPrimaryStore(config, copies);
  const identity = new StoreIdentity({ db, store: primary, log });
  return { store: await withOutside(config, withGuard(primary, identity), copies), identity };
}

async function openDatabase(config: Config, { openEmbedded }: PlatformOptions): Promise<OpenDb> {
  if (config.DATABASE_URL !== undefined) {
    const { connectPostgres } = await import('#shared/db/connect-postgres.ts');
    return connectPostgres({ url: config.DATABASE_URL, poolSize: config.DARKROOM_DB_POOL });
  }
  if (openEmbedded === undefined) throw new DarkroomError('config/invalid', 'DATABASE_URL is not set');
  return await openEmbedded(join(config.DARKROOM_DATA, 'db'));
}
