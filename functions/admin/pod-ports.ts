import { text } from 'node:stream/consumers';
import type { Config } from '#shared/config/config.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { checkSchema } from '#shared/db/migrate.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { createPublish, type Publish } from '#shared/events/publish.ts';
import { silentLog } from '#shared/log/log.ts';
import { openPlatform } from '#shared/platform/open-platform.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { announceAll } from './announce.ts';
import type { AdminPorts } from './command.ts';

/** The ports of a command that is a process of its own, as in a Job: PostgreSQL, and the Broker if K_SINK names one. */
export function openPodPorts(config: Config): AdminPorts & AsyncDisposable {
  const opened = new AsyncDisposableStack();
  const { DATABASE_URL: url, K_SINK: sink } = config;
  let db: Promise<Db> | undefined;
  let checked: Promise<void> | undefined;
  let platform: Promise<Platform> | undefined;
  const connect = async () => {
    if (url === undefined) throw new DarkroomError('config/invalid', 'DATABASE_URL is not set');
    return opened.use(connectPostgres({ url, poolSize: 2 })).db;
  };
  const openAnyDb = () => (db ??= connect());
  const openDb = async () => {
    const open = await openAnyDb();
    await (checked ??= checkSchema(open));
    return open;
  };
  const publish: Publish = sink === undefined ? () => Promise.resolve() : createPublish({ sink });
  return {
    config,
    isOnlyProcess: false,
    openAnyDb,
    openDb,
    async openPlatform() {
      await openDb();
      platform ??= openPlatform(config, { log: silentLog, publish, signal: new AbortController().signal }).then((it) =>
        opened.use(it),
      );
      return await platform;
    },
    async announce() {
      if (sink === undefined)
        return 'No Broker is configured here (K_SINK): the events are sent when a function next works.';
      return await announceAll({ db: await openDb(), publish, config, log: silentLog });
    },
    readInput: async () => (await text(process.stdin)).replace(/\r?\n$/, ''),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
