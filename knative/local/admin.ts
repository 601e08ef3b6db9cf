// `npm run admin -- COMMAND`: runs in the app if it is awake, else in this process.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig, type Config } from '#shared/config/config.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import { DarkroomError, isDarkroomError, toLine } from '#shared/errors/errors.ts';
import { silentLog } from '#shared/log/log.ts';
import { openPlatform } from '#shared/platform/open-platform.ts';
import { runCommand, type Ending } from '#functions/admin/run-command.ts';
import { toAdminPorts } from './admin-here.ts';
import { askApp, type AdminRequest } from './admin-socket.ts';
import { lockDataFolder } from './data-lock.ts';

/** How long to wait for an app that starts or ends: it holds the folder and does not answer. */
const waitMs = 10_000;

try {
  const { dataFolder, argv } = readArguments(process.argv.slice(2));
  const input = argv.some((it) => it.endsWith('-stdin')) ? (await text(process.stdin)).replace(/\r?\n$/, '') : '';
  const { exitCode, out, err } = await runHere(dataFolder, { argv, input });
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = exitCode;
} catch (error) {
  console.error(toLine(error));
  process.exitCode = 1;
}

/** `--data DIR` as `npm start` has it. */
function readArguments(given: readonly string[]): { dataFolder: string; argv: string[] } {
  const at = given.indexOf('--data');
  const folder = at === -1 ? (process.env['DARKROOM_DATA'] ?? 'data') : given[at + 1];
  if (folder === undefined) throw new DarkroomError('config/invalid', '--data needs a folder');
  return { dataFolder: resolve(folder), argv: at === -1 ? [...given] : given.toSpliced(at, 2) };
}

async function runHere(dataFolder: string, request: AdminRequest): Promise<Ending> {
  const config = parseConfig({ ...process.env, DARKROOM_DATA: dataFolder });
  if (!existsSync(join(dataFolder, 'lock')))
    throw new DarkroomError(
      'config/invalid',
      `There is no data of Darkroom in ${dataFolder}: start it once, or use --data DIR`,
    );
  for (const giveUpAt = performance.now() + waitMs; ; await sleep(100)) {
    const ending = (await askApp(dataFolder, request)) ?? (await runAlone(config, request));
    if (ending !== undefined) return ending;
    if (performance.now() > giveUpAt)
      throw new DarkroomError(
        'data/locked',
        `Another process holds ${dataFolder} and does not answer; stop it, then try again`,
      );
  }
}

/** undefined while another process has the data folder. */
async function runAlone(config: Config, { argv, input }: AdminRequest): Promise<Ending | undefined> {
  using lock = await lockDataFolder(config.DARKROOM_DATA, 0).catch((error: unknown) => {
    if (isDarkroomError(error, 'data/locked')) return undefined;
    throw error;
  });
  if (lock === undefined) return undefined;
  const { signal } = new AbortController();
  await using platform = await openPlatform(config, {
    log: silentLog,
    publish: () => Promise.resolve(),
    signal,
    openEmbedded: connectPGlite,
  });
  const ports = toAdminPorts(platform, {
    isOnlyProcess: platform.databaseKind === 'pglite',
    announce: () => Promise.resolve('Darkroom sleeps: the events are sent when it next wakes.'),
    input,
  });
  return await runCommand(argv, ports);
}
