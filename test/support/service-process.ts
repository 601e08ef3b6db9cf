import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of scripts/services/install.sh, which must have the same rule and the same versions in the paths. */
export const servicesFolder = join(
  process.env['DARKROOM_TEST_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'darkroom'),
  'services',
);

const setprivPath = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

export interface ServiceProcessOptions {
  env?: Record<string, string>;
  /** The user and group to run as; needs root. */
  user?: { uid: number; gid: number } | undefined;
  /** The signal to send when the parent dies without having stopped the server (Linux only). */
  orphanSignal: 'INT' | 'TERM';
}

/** Starts a server that ends with its parent process, and keeps the end of its output. */
export function startServiceProcess(command: string, args: string[], options: ServiceProcessOptions): ServiceProcess {
  const { user, orphanSignal } = options;
  const tether = setprivPath === undefined ? [] : [setprivPath, '--pdeathsig', orphanSignal];
  if (setprivPath !== undefined && user) tether.push(`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups');
  const [program = command, ...rest] = [...tether, command, ...args];
  const child = spawn(program, rest, {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ...options.env },
    ...(setprivPath === undefined ? user : {}),
  });
  return new ServiceProcess(child);
}

export class ServiceProcess {
  readonly child: ChildProcess;
  private output = '';
  private readonly ended: Promise<void>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      this.output = (this.output + text).slice(-8_000);
    });
    this.ended = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', (error) => {
        this.output += `${error.message}\n`;
        resolve();
      });
    });
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Polls until `isReady` returns true. @throws with the output, if the server ends or takes longer than 60 s */
  async waitUntilReady(isReady: (output: string) => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.running && Date.now() < deadline) {
      if (await isReady(this.output)) return;
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    const reason = this.running ? 'was not ready within 60 s' : 'ended at once';
    await this.stop('SIGKILL');
    throw new Error(`${this.child.spawnfile} ${reason}:\n${this.output}`);
  }

  /** Ends the process, with SIGKILL after 20 s; does nothing if it has ended. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(timer);
  }
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
