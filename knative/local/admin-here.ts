import { checkSchema } from '#shared/db/migrate.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { AdminPorts } from '#functions/admin/command.ts';
import type { Ending } from '#functions/admin/run-command.ts';
import type { Activity } from './activity.ts';
import type { AdminRequest } from './admin-socket.ts';

/** The ports of a command with a database and a store that are open already. */
export function toAdminPorts(
  platform: Platform,
  { isOnlyProcess, announce, input }: Pick<AdminPorts, 'isOnlyProcess' | 'announce'> & Pick<AdminRequest, 'input'>,
): AdminPorts {
  const openDb = async () => {
    await checkSchema(platform.db);
    return platform.db;
  };
  return {
    config: platform.config,
    isOnlyProcess,
    announce,
    openDb,
    openAnyDb: () => Promise.resolve(platform.db),
    openPlatform: async () => ({ ...platform, db: await openDb() }),
    readInput: () => Promise.resolve(input),
  };
}

/** Runs command lines in the app, which stays awake meanwhile. */
export function createAdmin(platform: Platform, activity: Activity): (request: AdminRequest) => Promise<Ending> {
  const relay = createRelay(platform);
  const announce = async () => {
    relay.kick();
    await relay.settled();
    return undefined;
  };
  return async ({ argv, input }) => {
    const end = activity.begin();
    try {
      const { runCommand } = await import('#functions/admin/run-command.ts');
      return await runCommand(argv, toAdminPorts(platform, { isOnlyProcess: false, announce, input }));
    } finally {
      end();
    }
  };
}
