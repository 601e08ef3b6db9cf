import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import type { OpenDb } from '#shared/db/db.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Publish } from '#shared/events/publish.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Log } from '#shared/log/log.ts';
import { openStore } from '#shared/store/open-store.ts';
import type { Platform } from './platform.ts';

export interface PlatformOptions {
  log: Log;
  publish: Publish;
  signal: AbortSignal;
  /** For the embedded database; without it PostgreSQL is needed. */
  openEmbedded?: (folder: string) => Promise<OpenDb>;
}

export interface OpenPlatform extends Platform, AsyncDisposable {
  readonly databaseKind: OpenDb['kind'];
}

/** Opens database and store as the configuration says. @throws config/invalid, store/unavailable */
export async function openPlatform(config: Config, options: PlatformOptions): Promise<OpenPlatform> {
  const { log, publish, signal } = options;
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await openDatabase(config, options));
  const store = opened.use(await openStore(config));
  const resources = opened.move();
  return {
    config,
    log,
    publish,
    signal,
    db: database.db,
    store,
    holder: `${hostname()}:${process.pid}:${newId().slice(0, 8)}`,
    databaseKind: database.kind,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openDatabase(config: Config, { openEmbedded }: PlatformOptions): Promise<OpenDb> {
  if (config.DATABASE_URL !== undefined) {
    const { connectPostgres } = await import('#shared/db/connect-postgres.ts');
    return connectPostgres({ url: config.DATABASE_URL, poolSize: config.DARKROOM_DB_POOL });
  }
  if (openEmbedded === undefined) throw new DarkroomError('config/invalid', 'DATABASE_URL is not set');
  return await openEmbedded(join(config.DARKROOM_DATA, 'db'));
}
