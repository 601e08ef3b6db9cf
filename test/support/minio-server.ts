import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type ServiceProcess, servicesFolder, startServiceProcess } from './service-process.ts';

/** If this program exists, MinIO is installed for tests. */
export const minioProgram = join(servicesFolder, 'minio-07c3a429bfed', 'minio');

export interface MinioAddress {
  endpoint: string;
  port: number;
  accessKey: string;
  secretKey: string;
}

export interface MinioOptions {
  /** Where it keeps its objects; a new folder that goes with it if not given. */
  dataFolder?: string;
  /** More of its environment, say the webhook that it notifies. */
  env?: Record<string, string>;
}

/** Starts a MinIO of its own on a free loopback port, without buckets. */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-minio-'));
  const server = new MinioServer(folder, await findFreePort(), options);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export class MinioServer implements MinioAddress, AsyncDisposable {
  readonly endpoint = '127.0.0.1';
  readonly port: number;
  readonly accessKey = 'darkroom';
  readonly secretKey = 'darkroom-secret';
  private readonly folder: string;
  private readonly options: MinioOptions;
  private process: ServiceProcess | undefined;

  constructor(folder: string, port: number, options: MinioOptions) {
    this.folder = folder;
    this.port = port;
    this.options = options;
  }

  get pid(): number | undefined {
    return this.process?.child.pid;
  }

  /** Starts it (again) on the same port and data. */
  async start(): Promise<void> {
    if (this.process?.running) return;
    const dataFolder = this.options.dataFolder ?? join(this.folder, 'data');
    const address = ['--address', `${this.endpoint}:${this.port}`, '--certs-dir', join(this.folder, 'certs')];
    this.process = startServiceProcess(minioProgram, ['server', '--quiet', ...address, dataFolder], {
      orphanSignal: 'TERM',
      env: {
        HOME: this.folder,
        MINIO_ROOT_USER: this.accessKey,
        MINIO_ROOT_PASSWORD: this.secretKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        ...this.options.env,
      },
    });
    await this.process.waitUntilReady(async () => {
      const response = await fetch(`http://${this.endpoint}:${this.port}/minio/health/ready`).catch(() => undefined);
      return response?.ok ?? false;
    });
  }

  /** Ends the server and keeps its data for `start`. */
  async pause(how: 'clean' | 'kill' = 'clean'): Promise<void> {
    await this.process?.stop(how === 'clean' ? 'SIGTERM' : 'SIGKILL');
    this.process = undefined;
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.pause('kill');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
