import { createApi } from './create-api.ts';
import { createSchemaCheck } from '#shared/db/schema-check.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import { createRelay, type Relay } from '#shared/pipeline/relay.ts';
import type { Platform } from '#shared/platform/platform.ts';
import {
  createBootServer,
  isHealthCheck,
  type BootOptions,
  type BootServer,
  type Handle,
} from '#shared/serve/boot-server.ts';

export interface ApiServer {
  /** Does not listen yet. */
  boot: BootServer;
  /** Announces lost work again; never fails. Sweeps of one process run one after the other. */
  sweep(options?: { isOnlyProcess?: boolean }): Promise<void>;
  /** Waits up to `graceMs` for the requests under way, then for the events that they announced. */
  drain(graceMs: number): Promise<void>;
}

const sweepEveryMs = 5 * 60_000;

/** @see functions/sweep */
export type Sweep = (ports: Platform & { relay: Relay }, options: { isOnlyProcess?: boolean }) => Promise<unknown>;

type ApiServerOptions = Omit<BootOptions, 'for'> & {
  sweep: Sweep;
  /** Called before each request that needs the database, until it has resolved once. */
  checkSchema?: () => Promise<void>;
  /** Wraps the handler of the API, on the same server. */
  wrap?: (handle: Handle) => Handle;
};

/** The API behind its boot server. While requests arrive it sweeps at most every five minutes, after a response and never before one. */
export async function createApiServer(
  platform: Platform,
  { sweep, checkSchema = createSchemaCheck(platform.db), wrap = (handle) => handle, ...options }: ApiServerOptions,
): Promise<ApiServer> {
  const relay = createRelay(platform);
  let boot: BootServer | undefined;
  const api = createApi(
    { ...platform, relay, requireSchema: checkSchema },
    { serverFactory: (handler) => (boot = createBootServer(wrap(handler), { for: 'api', ...options })).server },
  );
  await api.ready();
  if (boot === undefined) throw new Error('Fastify made a server of its own');

  let lastSweepMs = -Infinity;
  let sweeping = Promise.resolve();
  const sweepNow: ApiServer['sweep'] = (options = {}) => {
    lastSweepMs = performance.now();
    const run = async () => {
      try {
        await sweep({ ...platform, relay }, options);
        await relay.settled();
      } catch (error) {
        platform.log.warn({ err: toDarkroomError(error) }, 'sweep failed, will retry');
      }
    };
    sweeping = sweeping.then(run);
    return sweeping;
  };
  boot.server.on('request', (request, response) => {
    // The first health check arrives with a new pod, just before the request that woke it: a sweep would delay that.
    if (isHealthCheck(request)) return;
    response.once('close', () => {
      if (performance.now() - lastSweepMs > sweepEveryMs) void sweepNow();
    });
  });
  const server = boot;
  return {
    boot: server,
    sweep: sweepNow,
    async drain(graceMs) {
      await server.drain(graceMs);
      await sweeping;
      await relay.settled();
      await api.close();
    },
  };
}
