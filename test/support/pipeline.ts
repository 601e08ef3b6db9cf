import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '#shared/config/config.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { toHeaders } from '#shared/events/publish.ts';
import type { EventHandler, EventReply } from '#shared/events/receive.ts';
import { silentLog } from '#shared/log/log.ts';
import { environmentSettings } from '#shared/platform/environment-settings.ts';
import { createSettingsReader } from '#shared/settings/settings.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { createEmbeddedDb } from './embedded-db.ts';
import { openGuardedStore } from './guarded-store.ts';

export interface TestPlatform extends Platform, AsyncDisposable {
  readonly published: DarkroomEvent[];
  readonly storeFolder: string;
}

/** The platform of a function with its own embedded database and folder; events are collected in a list. */
export async function openTestPlatform(env: Record<string, string> = {}): Promise<TestPlatform> {
  const storeFolder = await mkdtemp(join(tmpdir(), 'darkroom-pipeline-'));
  const opened = await createEmbeddedDb();
  const config = parseConfig({ DARKROOM_LOG_LEVEL: 'silent', DARKROOM_STORE_PATH: storeFolder, ...env });
  const { store, identity } = await openGuardedStore(config, { db: opened.db, log: silentLog });
  // Read before anything needs it inside of a transaction.
  await identity.require('deciding').catch((error: unknown) => {
    if (!isDarkroomError(error, 'store/unavailable')) throw error;
  });
  const published: DarkroomEvent[] = [];
  return {
    config,
    log: silentLog,
    db: opened.db,
    store,
    identity,
    settings: createSettingsReader(opened.db, environmentSettings(config)),
    publish: (events) => {
      published.push(...events);
      return Promise.resolve();
    },
    published,
    storeFolder,
    holder: 'test',
    signal: new AbortController().signal,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
      await rm(storeFolder, { recursive: true, force: true });
    },
  };
}

/** Sends an event to a function's event handler as the Broker does. */
export async function deliver(handler: EventHandler, event: DarkroomEvent): Promise<EventReply> {
  const request = { headers: toHeaders(event), body: Buffer.from(JSON.stringify(event.data)) };
  return handler(request, new AbortController().signal);
}
