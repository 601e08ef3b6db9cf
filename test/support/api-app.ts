import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createApi } from '#functions/api/app.ts';
import type { ApiPorts } from '#functions/api/ports.ts';
import { parseConfig } from '#shared/config/config.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { silentLog } from '#shared/log/log.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { openFolderStore } from '#shared/store/folder-store.ts';
import type { Store } from '#shared/store/store.ts';

export interface ApiApp extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly ports: ApiPorts;
  readonly db: Db;
  readonly store: Store;
  readonly storeFolder: string;
  /** What the relay has announced so far. */
  readonly published: DarkroomEvent[];
}

/** The real API over an embedded database and a folder of its own; events end in a list. */
export async function openApiApp(more: { db?: Db; store?: Store; env?: Record<string, string> } = {}): Promise<ApiApp> {
  const storeFolder = await mkdtemp(join(tmpdir(), 'darkroom-api-'));
  const own = more.db === undefined ? await connectPGlite() : undefined;
  const db = more.db ?? own?.db;
  if (db === undefined) throw new Error('no database');
  await migrateToLatest(db);
  const store = more.store ?? (await openFolderStore(storeFolder));
  const published: DarkroomEvent[] = [];
  const config = parseConfig({ DARKROOM_LOG_LEVEL: 'silent', ...more.env });
  const publish = (events: readonly DarkroomEvent[]) => {
    published.push(...events);
    return Promise.resolve();
  };
  const relay = createRelay({ db, publish, log: silentLog, config });
  const ports: ApiPorts = { config, db, store, relay, log: silentLog, holder: 'test' };
  const app = createApi(ports);
  await app.ready();
  return {
    app,
    ports,
    db,
    store,
    storeFolder,
    published,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await relay.settled();
      await store[Symbol.asyncDispose]();
      await own?.[Symbol.asyncDispose]();
      await rm(storeFolder, { recursive: true, force: true });
    },
  };
}
