import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { openDoor, type Door, type DoorEvent } from './door.ts';
import { watchLibrary } from './watch-library.ts';

const usage = `Usage: npm start -- [--data DIR] [--port N] [--host ADDR]

  --data DIR   where photos and database are (DARKROOM_DATA; default: data)
  --port N     port to listen on (PORT; default: 2283)
  --host ADDR  address to listen on; 0.0.0.0 for phones in the same network (default: 127.0.0.1)`;

/** Startup errors that a retry cannot fix: print and exit instead of answering 503. */
const hopeless = new Set(['data/locked', 'config/invalid']);

/** `npm start`: runs Darkroom on this computer until a signal ends it. Prints errors and never throws. */
export async function startHere(compileCache: string): Promise<void> {
  try {
    await start(compileCache);
  } catch (error) {
    console.error(`darkroom: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function start(compileCache: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: process.env['DARKROOM_DATA'] ?? 'data' },
      port: { type: 'string', default: process.env['PORT'] ?? '2283' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is not a port`);
  const data = resolve(values.data);
  let watching: Promise<void> | undefined;
  const door = await openDoor({
    host: values.host,
    port,
    app: join(import.meta.dirname, 'app.ts'),
    execArgv: [...nodeFlags],
    env: { DARKROOM_LOG_LEVEL: 'warn', NODE_COMPILE_CACHE: compileCache, ...process.env, DARKROOM_DATA: data },
    onEvent: (event) => {
      // By now the app has created the library folder of a new store.
      if (event.type === 'ready') watching ??= watchFolderOf(data, door);
      void tell(event, () => door.close());
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void door.close().then(() => process.exit(process.exitCode ?? 0)));
  }
  console.log(greet(values.host, door.port, data));
}

/** Watches the library of a folder store. */
async function watchFolderOf(data: string, door: Door): Promise<void> {
  if ((process.env['DARKROOM_STORE'] ?? 'folder') !== 'folder') return;
  const { isComplete } = await watchLibrary(libraryFolderOf(data), {
    onChange: (folders) => door.tellChanged(folders),
    onLost: () => door.watch(false),
  });
  door.watch(isComplete);
}

/** The library folder. Read from the environment, since parsing the whole configuration takes too much memory for the door. */
function libraryFolderOf(data: string): string {
  return resolve(process.env['DARKROOM_STORE_PATH'] ?? join(data, 'files'), 'library');
}

async function tell(event: DoorEvent, close: () => Promise<void>): Promise<void> {
  if (event.type === 'died') console.error(`darkroom: the app ended (${event.how}) and is restarted`);
  if (event.type !== 'failed') return;
  console.error(`darkroom: ${event.message} (${event.code})`);
  if (!event.isFirst || !hopeless.has(event.code)) return;
  process.exitCode = 1;
  await close();
  process.exit();
}

function greet(host: string, port: number, data: string): string {
  const addresses = listAddresses(host).map((it) => `http://${it.includes(':') ? `[${it}]` : it}:${port}`);
  const [first = ''] = addresses;
  return `Darkroom listens on   ${addresses.join('\n                      ')}
Its data is in        ${data}
The first account becomes the administrator. Sign up with:
  curl -X POST ${first}/api/auth/admin-sign-up -H 'content-type: application/json' \\
    -d '{"email":"you@example.org","password":"a long one","name":"You"}'
Ctrl-C stops it.`;
}

/** The addresses for a browser: on this computer, and on phones if the server listens on all interfaces. */
function listAddresses(host: string): string[] {
  if (host === '127.0.0.1' || host === '::1' || host === 'localhost') return ['localhost'];
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const others = Object.values(networkInterfaces())
    .flatMap((it) => it ?? [])
    .filter((it) => !it.internal && it.family === 'IPv4');
  return ['localhost', ...others.map((it) => it.address)];
}
