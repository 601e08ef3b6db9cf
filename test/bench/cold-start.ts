// CPU, time and memory of a function's process from its start until it is ready (the API: until its first answer), as an
// image has it, on a migrated PostgreSQL that knows nobody.
//   node test/bench/cold-start.ts [--rounds 9]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFunctions } from '#functions/pod/event-functions.ts';
import { migrateDatabase } from '#functions/migrate/main.ts';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { findFreePort } from '#test/support/service-process.ts';
import { bundleProgram } from '../../scripts/image/bundle.ts';
import { waitUntilAnswered } from './api-process.ts';
import { formatFigure, type Figure } from './figures.ts';
import { readCpuMs, readMemoryMb } from './process-cost.ts';

interface Program {
  name: string;
  args: readonly string[];
  path: string;
}

interface Start {
  cpuMs: number;
  wallMs: number;
  pssMb: number;
}

const root = join(import.meta.dirname, '../..');
const bare = "require('node:http').createServer((q, r) => r.end()).listen(+process.env.PORT, '127.0.0.1')";

export async function measureColdStart({ rounds }: { rounds: number }): Promise<Figure[]> {
  await using postgres = await startPostgres();
  const { url } = await postgres.createDatabase();
  await migrateDatabase({ DATABASE_URL: url });
  await using folder = await mkdtempDisposable(join(tmpdir(), 'darkroom-bench-cold-'));
  const app = join(folder.path, 'app');
  await bundleProgram(app);
  const notCompiled = await copyWithoutCompiledCode(app, join(folder.path, 'not-compiled'));

  const floor: Program = { name: 'bare node:http', args: ['-e', bare], path: '/' };
  const programs: Program[] = [floor];
  for (const target of ['api', ...Object.keys(eventFunctions)]) {
    const path = target === 'api' ? '/api/server/ping' : '/healthz';
    programs.push({ name: target, args: [join(app, 'function.mjs'), `--target=${target}`], path });
  }
  for (const name of ['api', 'thumbnail']) {
    const [made, source] = [join(notCompiled, 'function.mjs'), join(root, 'functions/pod/function.ts')];
    const path = name === 'api' ? '/api/server/ping' : '/healthz';
    programs.push({ name: `${name}, without compiled code`, args: [made, `--target=${name}`], path });
    programs.push({ name: `${name}, as TypeScript`, args: [source, `--target=${name}`], path });
  }
  const starts = new Map<string, Start[]>(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const program of programs) starts.get(program.name)?.push(await measureStart(program, url));
  }
  return [...starts].flatMap(([name, all]) => toFigures(name, all, starts.get(name.split(',')[0] ?? '') ?? []));
}

function toFigures(name: string, starts: readonly Start[], inImage: readonly Start[]): Figure[] {
  const what = `cold start of ${name}`;
  if (starts !== inImage) {
    const values = inImage.map((it, at) => it.cpuMs / (starts[at]?.cpuMs ?? Number.NaN));
    return [{ name: `CPU of the image to a ${what}`, unit: '', values }];
  }
  return [
    { name: `${what}, CPU`, unit: 'ms', values: starts.map((it) => it.cpuMs) },
    { name: `${what}, time`, unit: 'ms', values: starts.map((it) => it.wallMs) },
    { name: `${what}, memory (PSS)`, unit: 'MB', values: starts.map((it) => it.pssMb) },
  ];
}

/** The same files by links, and packages as they are. */
async function copyWithoutCompiledCode(app: string, folder: string): Promise<string> {
  await mkdir(folder);
  const filter = (path: string) => !/\/(?:compile-cache|node_modules)$/.test(path);
  await cp(app, folder, { recursive: true, filter });
  await symlink(join(app, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function measureStart({ args, path }: Program, databaseUrl: string): Promise<Start> {
  const port = await findFreePort();
  const env = {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    DARKROOM_STORE: 'minio',
    DARKROOM_MINIO_ENDPOINT: 'http://127.0.0.1:9',
    DARKROOM_MINIO_ACCESS_KEY: 'none',
    DARKROOM_MINIO_SECRET_KEY: 'none',
    DARKROOM_WEBHOOK_TOKEN: 'none',
    DARKROOM_LOG_LEVEL: 'silent',
    K_SINK: 'http://127.0.0.1:9',
  };
  const startMs = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, ...args], { env, stdio: 'inherit' });
  const ended = once(child, 'exit');
  const pid = child.pid;
  if (pid === undefined) throw new Error('the process did not start');
  try {
    const died = ended.then(([code]) => Promise.reject(new Error(`${args.join(' ')} ended with ${code}`)));
    await Promise.race([waitUntilAnswered(`http://127.0.0.1:${port}${path}`), died]);
    const wallMs = performance.now() - startMs;
    return { wallMs, cpuMs: await readCpuMs([pid]), pssMb: (await readMemoryMb([pid])).pssMb };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
  console.log((await measureColdStart({ rounds: Number(values.rounds) })).map(formatFigure).join('\n'));
}
