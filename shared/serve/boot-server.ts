import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DarkroomError, toProblem } from '#shared/errors/errors.ts';

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** The http server in front of a function or of the API: health, time limits, counting and draining. */
export interface BootServer extends AsyncDisposable {
  readonly server: Server;
  /** Number of requests that are not answered yet. */
  readonly inFlight: number;
  /** Starts to listen; resolves to the port, or 0 for a path. */
  listen(where: Listen): Promise<number>;
  /**
   * Accepts no further connection, closes the idle and the upgraded ones, waits up to `graceMs` for running requests,
   * then closes their connections.
   */
  drain(graceMs: number): Promise<void>;
}

export interface BootOptions {
  for?: 'function' | 'api';
  /** Called at the start of each request and each upgraded connection; the returned function is called at its end. */
  begin?: () => () => void;
  /** Called by each readiness check: why requests cannot be served yet; undefined if they can. */
  notReadyBecause?: () => string | undefined;
}

export type Listen = { port: number; host?: string } | { path: string };

const readinessPaths = new Set(['/healthz', '/health/readiness']);
const livenessPath = '/health/liveness';
const unwantedPaths = new Set(['/favicon.ico', '/robots.txt']);

/**
 * The health paths never ask the database: queue-proxy calls them every 50 ms. Once draining they answer 503. In front
 * of a function it also answers `/favicon.ico` and `/robots.txt` (404, as functions-framework does) and malformed HTTP;
 * the API answers these itself.
 */
export function createBootServer(
  handle: Handle,
  { for: purpose = 'function', begin, notReadyBecause }: BootOptions = {},
): BootServer {
  let inFlight = 0;
  let draining = false;
  let lastClosed: (() => void) | undefined;
  const connections = new Set<Socket>();
  const upgraded = new Set<Duplex>();
  const server: Server = createServer({
    keepAliveTimeout: 95_000,
    headersTimeout: 100_000,
    requestTimeout: 0,
    // Without another listener for upgrades, the request is handled like any other.
    shouldUpgradeCallback: () => server.listenerCount('upgrade') > 1,
  });

  server.on('request', (request, response) => {
    inFlight += 1;
    const end = begin?.();
    response.once('close', () => {
      inFlight -= 1;
      end?.();
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
    if (draining) response.setHeader('connection', 'close');
    const path = pathOf(request);
    if (isHealthCheck(request)) {
      const reason = draining ? 'draining' : readinessPaths.has(path) ? notReadyBecause?.() : undefined;
      return answerHealth(response, reason);
    }
    if (purpose === 'function' && unwantedPaths.has(path)) return void response.writeHead(404).end();
    handle(request, response);
  });

  if (purpose === 'function') server.on('clientError', refuse);

  // The server does not track connections that were passed to it instead of accepted by it.
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => {
      connections.delete(socket);
      if (connections.size === 0) lastClosed?.();
    });
  });

  server.on('upgrade', (_request, socket) => {
    upgraded.add(socket);
    const end = begin?.();
    socket.once('close', () => {
      upgraded.delete(socket);
      end?.();
    });
  });

  const drain = async (graceMs: number) => {
    draining = true;
    const closed = new Promise<void>((resolve) => (lastClosed = resolve));
    server.close();
    server.closeIdleConnections();
    for (const socket of upgraded) socket.destroy();
    if (connections.size === 0) return;
    const cut = setTimeout(() => {
      for (const socket of connections) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  };

  return {
    server,
    get inFlight() {
      return inFlight;
    },
    listen: (where) => listen(server, where),
    drain,
    [Symbol.asyncDispose]: () => drain(0),
  };
}

/** True for requests of health probes. */
export function isHealthCheck(request: IncomingMessage): boolean {
  const path = pathOf(request);
  return path === livenessPath || readinessPaths.has(path);
}

function pathOf({ url }: IncomingMessage): string {
  return url?.split('?', 1)[0] ?? '/';
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = toProblem(new DarkroomError('input/invalid', 'The request is not valid HTTP', { cause: error }));
  const body = JSON.stringify(problem);
  const head = [
    'HTTP/1.1 400 Bad Request',
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function answerHealth(response: ServerResponse, reason: string | undefined): void {
  response.writeHead(reason === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(reason ?? 'ok');
}

async function listen(server: Server, where: Listen): Promise<number> {
  const options: ListenOptions =
    'path' in where ? { path: where.path } : { port: where.port, host: where.host ?? '0.0.0.0' };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
