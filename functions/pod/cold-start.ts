import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isHealthCheck } from '#shared/serve/boot-server.ts';

/** When each part of a process's start was over, in milliseconds since the process began. */
export interface ColdStart {
  /** Node ran the first line of the program. */
  nodeMs: number;
  /** The configuration was read, database and store were opened; neither has been asked anything. */
  openedMs: number;
  /** The function was loaded and the server listened. */
  listeningMs: number;
  /** The readiness was answered 200, so that the pod might get requests; undefined where nobody looked. */
  readyMs?: number;
  /** The first request that was no health check came. */
  requestMs: number;
  answeredMs: number;
  /** CPU of the process until then, user and system. */
  cpuMs: number;
}

/** Calls `onAnswered` once, after the first answer of `server` to a request that is no health check. Call it once that listens. */
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
