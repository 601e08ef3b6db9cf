import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface DarkroomProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** The output so far. */
  output(): string;
  /** The process and its descendants. */
  listPids(): Promise<number[]>;
  /** Sends SIGTERM and waits for the end. Returns the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to the process itself: its children notice it or are killed by the next `killAll`. */
  kill(): Promise<void>;
  /** SIGKILL to the process and its descendants at once. */
  killAll(): Promise<void>;
}

export interface StartOptions {
  dataFolder: string;
  port?: number;
  env?: Record<string, string>;
  /** Waits for the first answered ping unless false. */
  waitForPing?: boolean;
}

/** Starts Darkroom as `npm start` does. */
export async function startDarkroom({
  dataFolder,
  port,
  env = {},
  waitForPing = true,
}: StartOptions): Promise<DarkroomProcess> {
  const usedPort = port ?? (await findFreePort());
  const [program, ...args] = await readStartScript();
  const child = spawn(
    program === 'node' ? process.execPath : String(program),
    [...args, '--data', dataFolder, '--port', String(usedPort)],
    {
      cwd: root,
      env: { ...process.env, DARKROOM_LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const url = `http://127.0.0.1:${usedPort}`;
  const darkroom = control(child, url, chunks);
  if (waitForPing) await waitUntilPinged(child, url, chunks);
  return darkroom;
}

function control(child: ChildProcess, url: string, chunks: string[]): DarkroomProcess {
  const pid = child.pid ?? 0;
  const end = async (pids: number[], signal: NodeJS.Signals) => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
    for (const it of pids) killQuietly(it, signal);
    await ended;
  };
  const listPids = async () => [pid, ...(await listDescendants(pid))];
  return {
    url,
    pid,
    output: () => chunks.join(''),
    listPids,
    stop: async () => {
      await end([pid], 'SIGTERM');
      return child.exitCode;
    },
    kill: () => end([pid], 'SIGKILL'),
    killAll: async () => end(await listPids(), 'SIGKILL'),
  };
}

async function readStartScript(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.replace(/^exec /, '').split(' ');
}

async function waitUntilPinged(child: ChildProcess, url: string, chunks: string[]): Promise<void> {
  for (const start = Date.now(); Date.now() - start < 60_000;) {
    if (child.exitCode !== null) throw new Error(`Darkroom ended with ${child.exitCode}:\n${chunks.join('')}`);
    const answer = await fetch(`${url}/api/server/ping`, { signal: AbortSignal.timeout(30_000) }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Darkroom did not answer within a minute:\n${chunks.join('')}`);
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** All descendants of a process, from /proc. */
async function listDescendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

export function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended already.
  }
}

/** True while a process with this id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
