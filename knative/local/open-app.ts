import { eventSources } from '#shared/events/event-sources.ts';
import { scanRequested, toEvent } from '#shared/events/new-event.ts';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import type { Db } from '#shared/db/db.ts';
import { checkSchema, migrateToLatest } from '#shared/db/migrate.ts';
import { isDarkroomError, toDarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { createPublish } from '#shared/events/publish.ts';
import { createLog } from '#shared/log/log.ts';
import { openPlatform, type OpenPlatform } from '#shared/platform/open-platform.ts';
import { createApiServer } from '#functions/api/main.ts';
import { sweep } from '#functions/sweep/sweep.ts';
import { startMetrics } from '#functions/pod/start-metrics.ts';
import type { Activity } from './activity.ts';
import { createAdmin } from './admin-here.ts';
import { listenForAdmin } from './admin-socket.ts';
import { startBroker } from './broker.ts';
import { componentsOf } from './components.ts';
import { lockDataFolder } from './data-lock.ts';
import { createLocalFunctions } from './local-functions.ts';
import { startSchedules } from './schedules.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { readTopology } from './topology.ts';
import { withWebhook } from './webhook-door.ts';

export interface App {
  /** Receives the connections that the door accepted. */
  readonly server: Server;
  /** Announces the unfinished work of earlier processes again. Never fails. */
  resume(): Promise<void>;
  /** When a schedule is due next, except one that only scans the library. */
  nextAtMs(): number | undefined;
  /** When the library is scanned next; undefined if there is no separate schedule for that. */
  nextLibraryScanAtMs(): number | undefined;
  /** Requests a scan of these folders of the library. Never fails: the next scheduled scan covers them too. */
  requestScan(folders: readonly string[]): Promise<void>;
  /** Accepts no more requests, waits up to `graceMs` for those under way, and closes the database. */
  close(graceMs: number): Promise<void>;
}

/**
 * Opens all of Darkroom except the door in this process: database, store, broker, functions and API, as described by the
 * manifests.
 * @throws data/locked, db/schema-newer, db/unavailable, config/invalid, store/unavailable
 */
export async function openApp(config: Config, activity: Activity): Promise<App> {
  const log = createLog(config.DARKROOM_LOG_LEVEL);
  await using opened = new AsyncDisposableStack();
  const dataFolder = config.DARKROOM_DATA;
  opened.use(await lockDataFolder(dataFolder));
  const components = componentsOf(config);
  const topology = await readTopology(join(import.meta.dirname, '..'), components);
  const socketFolder = await makeSocketFolder(dataFolder);
  opened.defer(() => rm(socketFolder, { recursive: true, force: true }));

  let platform: OpenPlatform | undefined;
  const functions = createLocalFunctions(topology.services, socketFolder, () => {
    if (platform === undefined) throw new Error('the platform is not open yet');
    return platform;
  });
  const broker = opened.use(
    await startBroker({ triggers: topology.triggers, log, begin: () => activity.begin(), ...functions }),
  );
  const ending = new AbortController();
  const publish = createPublish({ sink: broker.url });
  platform = opened.use(
    await openPlatform(
      { ...config, K_SINK: broker.url },
      { log, publish, signal: ending.signal, openEmbedded: connectPGlite },
    ),
  );
  await updateSchema(platform.db);
  await lookForStore(platform);
  const metrics = opened.use(startMetrics('app', platform));
  const api = await createApiServer(platform, {
    sweep,
    begin: () => activity.begin(),
    ...(components.includes('watch-minio') && {
      wrap: (handle) => withWebhook(handle, () => functions.locate('darkroom-watch-minio')),
    }),
  });
  // Listens without clients, because Node times out slow and idle connections only on a listening server.
  await api.boot.listen({ path: join(socketFolder, 'api.sock') });
  opened.use(await listenForAdmin({ dataFolder, socketFolder }, createAdmin(platform, activity)));
  const schedules = await startSchedules({
    specs: topology.schedules,
    file: join(dataFolder, 'schedules.json'),
    sink: broker.url,
    onError: (error) => log.warn({ err: toDarkroomError(error) }, 'a schedule tick was not sent'),
  });

  const scansLibraryAlone = config.DARKROOM_STORE === 'folder' && config.DARKROOM_EXTERNAL_FOLDERS.length === 0;
  const isOnlyProcess = platform.databaseKind === 'pglite';
  const resources = opened.move();
  return {
    server: api.boot.server,
    nextAtMs: () => schedules.nextAtMs((name) => name !== 'scan' || !scansLibraryAlone),
    nextLibraryScanAtMs: () => (scansLibraryAlone ? schedules.nextAtMs((name) => name === 'scan') : undefined),
    async requestScan(folders) {
      const end = activity.begin();
      try {
        await publish(scanRequests(folders));
      } catch (error) {
        log.warn({ err: toDarkroomError(error) }, 'changed folders were not announced');
      }
      end();
    },
    async resume() {
      const end = activity.begin();
      await api.sweep({ isOnlyProcess });
      end();
      await metrics.begin();
    },
    async close(graceMs) {
      schedules.stop();
      await api.drain(graceMs);
      await broker.drain(graceMs);
      ending.abort();
      await functions.drain(graceMs);
      await resources.disposeAsync();
    },
  };
}

const foldersMax = 10;

/** Too many changed folders become one scan of all. */
function scanRequests(folders: readonly string[]): DarkroomEvent[] {
  const paths = folders.length > foldersMax ? [undefined] : folders;
  return paths.map((path) => toEvent(scanRequested(eventSources.local, path === undefined ? {} : { path })));
}

/** Checks before it migrates, since the check is faster and mostly finds nothing to do. */
async function updateSchema(db: Db): Promise<void> {
  try {
    await checkSchema(db);
  } catch (error) {
    if (!isDarkroomError(error, 'db/schema-older')) throw error;
    await migrateToLatest(db);
  }
}

/** Creates the marker and the library of a new store. An unreachable store is logged, and requests for photos get an error. */
async function lookForStore({ identity }: OpenPlatform): Promise<void> {
  try {
    await identity.require('deciding');
  } catch (error) {
    if (!isDarkroomError(error, 'store/unavailable')) throw error;
  }
}
