import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'minio';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { findS3Code, toMinioError } from './minio-errors.ts';

export interface MinioOptions {
  /** Host name or address, without scheme and port. */
  endpoint: string;
  port: number;
  useTls: boolean;
  accessKey: string;
  secretKey: string;
  bucket: string;
  /**
   * Check that the bucket exists before the first request: for an object of a missing bucket a server may answer only
   * that the object is missing.
   */
  mustExist?: boolean;
  region: string;
}

/** How long a server may take until its answer begins. */
const answerTimeoutMs = 30_000;
const attempts = 4;

/** A client of one bucket, with a time limit, retries and translated errors for each request. */
export class MinioBucket {
  readonly name: string;
  private readonly options: MinioOptions;
  private readonly agent: HttpAgent;
  private opened: Promise<Client> | undefined;

  constructor(options: MinioOptions) {
    this.options = options;
    this.name = options.bucket;
    const settings = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' as const };
    this.agent = options.useTls ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /**
   * Runs a request, and retries it after a pause if the store was unavailable: all requests here are idempotent.
   * @throws the codes of `toMinioError`
   */
  async run<Result>(key: string, request: (client: Client) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await request(await this.open());
      } catch (error) {
        const translated = toMinioError(error, key);
        if (attempt === attempts || !isDarkroomError(translated, 'store/unavailable') || !isTransient(error))
          throw translated;
        await setTimeout(200 * 4 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }

  async exists(): Promise<boolean> {
    return await this.run(this.name, async (client) => await client.bucketExists(this.name));
  }

  /** Creates the bucket if it does not exist. */
  async make(): Promise<void> {
    if (await this.exists()) return;
    await this.run(this.name, async (client) => {
      await client.makeBucket(this.name, this.options.region).catch((error: unknown) => {
        if (findS3Code(error) !== 'BucketAlreadyOwnedByYou') throw error;
      });
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private async open(): Promise<Client> {
    this.opened ??= this.connect();
    try {
      return await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  private async connect(): Promise<Client> {
    const { endpoint, port, useTls, accessKey, secretKey, region } = this.options;
    const { Client } = await import('minio');
    const client = new Client({
      endPoint: endpoint,
      port,
      useSSL: useTls,
      accessKey,
      secretKey,
      region,
      transportAgent: this.agent,
      transport: { request: useTls ? withTimeLimit(httpsRequest) : withTimeLimit(httpRequest) },
      // `run` retries requests itself; the client's own retries write to the console.
      retryOptions: { disableRetry: true },
    });
    if (this.options.mustExist === true && !(await client.bucketExists(this.name)))
      throw new DarkroomError('store/unavailable', `There is no bucket ${this.name}`);
    return client;
  }
}

type Request = (options: RequestOptions, onResponse?: (response: IncomingMessage) => void) => ClientRequest;

/** The limit ends with the answer's status line: a body may take hours, for example while a film is played. */
function withTimeLimit(request: Request) {
  return ((options: RequestOptions, onResponse?: (response: IncomingMessage) => void) => {
    const sent = request(options, (response) => {
      sent.setTimeout(0);
      onResponse?.(response);
    });
    sent.setTimeout(answerTimeoutMs, () => sent.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)));
    return sent;
  }) as typeof httpRequest;
}

/** False for an S3 answer with another error code, for example for a wrong secret: a retry gets the same answer. */
function isTransient(error: unknown): boolean {
  const code = findS3Code(error);
  return code === undefined || /^E[A-Z_]+$/.test(code) || code === 'InternalError' || code === 'SlowDown';
}
