import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isHealthCheck } from '#shared/serve/boot-server.ts';

/** When each phase of a process's start was over, in milliseconds since the process began. */
export interface ColdStart {
  /** Node had started and ran the first line of the program. */
  nodeMs: number;
  /** The configuration was read and the clients of database and store created, without a connection. */
  openedMs: number;
  /** The function was loaded and the server listened. */
  listeningMs: number;
  /** The first 200 to a readiness probe, after which the pod may get requests; undefined without probes. */
  readyMs?: number;
  /** The first request that is not a health check arrived. */
  requestMs: number;
  answeredMs: number;
  /** CPU of the process until then, user and system. */
  cpuMs: number;
}

/** Calls `onAnswered` once, after the first response to a request that is not a health check. The server must be listening. */
export function watchColdStart(
  server: Server,
  { openedMs }: Pick<ColdStart, 'openedMs'>,
  onAnswered: (start: ColdStart) => void,
): void {
  const nodeMs = performance.nodeTiming.bootstrapComplete;
  const listeningMs = performance.now();
  let readyMs: number | undefined;
  const watch = (request: IncomingMessage, response: ServerResponse) => {
    if (isHealthCheck(request)) {
      response.once('finish', () => {
        if (response.statusCode === 200) readyMs ??= performance.now();
      });
      return;
    }
    server.off('request', watch);
    const requestMs = performance.now();
    response.once('close', () => {
      const { user, system } = process.cpuUsage();
      const times = { nodeMs, openedMs, listeningMs, ...(readyMs && { readyMs }), requestMs };
      onAnswered(round({ ...times, answeredMs: performance.now(), cpuMs: (user + system) / 1000 }));
    });
  };
  server.prependListener('request', watch);
}

function round(start: ColdStart): ColdStart {
  return Object.fromEntries(Object.entries(start).map(([name, ms]) => [name, Math.round(ms as number)])) as never;
}
