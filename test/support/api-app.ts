import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createToken } from '#shared/auth/tokens.ts';
import { createSession } from '#shared/users/session.ts';
import { newId } from '#shared/ids/ids.ts';
import { createClient, type ApiClient } from './api-client.ts';
import { addUser } from './rows.ts';
import { createApi } from '#functions/api/create-api.ts';
import type { ApiPorts } from '#functions/api/http/api-ports.ts';
import { parseConfig } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { createSchemaCheck } from '#shared/db/schema-check.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { createLog, silentLog, type Log } from '#shared/log/log.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { environmentSettings } from '#shared/platform/environment-settings.ts';
import { createSettingsReader } from '#shared/settings/settings.ts';
import type { Store } from '#shared/store/store.ts';
import { createEmbeddedDb } from './embedded-db.ts';
import { openGuardedStore } from './guarded-store.ts';

export interface ApiApp extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly ports: ApiPorts & Pick<Platform, 'identity' | 'signal'>;
  readonly db: Db;
  readonly store: Store;
  readonly storeFolder: string;
  /** The events that the relay has sent so far. */
  readonly published: DarkroomEvent[];
  /** The address of the server, which listens from the first call on. */
  listen(): Promise<string>;
  /** Creates a user and logs in over HTTP. */
  newUser(more?: Parameters<typeof addUser>[1]): Promise<ApiClient & { userId: string }>;
}

/** The API with its own embedded database and folder; events are collected in a list. */
export async function openApiApp(more: { db?: Db; env?: Record<string, string>; log?: Log } = {}): Promise<ApiApp> {
  const storeFolder = await mkdtemp(join(tmpdir(), 'darkroom-api-'));
  const own = more.db === undefined ? await createEmbeddedDb() : undefined;
  const db = more.db ?? own?.db;
  if (db === undefined) throw new Error('no database');
  await migrateToLatest(db);
  const config = parseConfig({ DARKROOM_LOG_LEVEL: 'silent', DARKROOM_STORE_PATH: storeFolder, ...more.env });
  const { store, identity } = await openGuardedStore(config, { db, log: silentLog });
  await identity.require('deciding');
  const published: DarkroomEvent[] = [];
  const publish = (events: readonly DarkroomEvent[]) => {
    published.push(...events);
    return Promise.resolve();
  };
  const relay = createRelay({ db, publish, log: silentLog, config });
  const ports: ApiApp['ports'] = {
    identity,
    signal: new AbortController().signal,
    config,
    db,
    store,
    relay,
    settings: createSettingsReader(db, environmentSettings(config)),
    requireSchema: createSchemaCheck(db),
    log: more.log ?? (process.env['DARKROOM_TEST_LOG'] ? createLog('error') : silentLog),
    holder: 'test',
  };
  const app = createApi(ports);
  await app.ready();
  let address: Promise<string> | undefined;
  const listen = () => (address ??= app.listen({ host: '127.0.0.1', port: 0 }));
  return {
    listen,
    async newUser(details) {
      const userId = await addUser(db, details);
      const { secret, hash } = createToken();
      await createSession(db, { id: newId(), token: hash, userId });
      return { ...createClient(await listen(), { authorization: `Bearer ${secret}` }), userId };
    },
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
