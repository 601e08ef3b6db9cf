import { recordColdStart } from '#shared/metrics/instruments.ts';
import { openMetrics, type Metrics } from '#shared/metrics/metrics.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { ColdStart } from './cold-start.ts';

/** The functions that also export the backlog of the database: the API runs while clients are active, sweep every night. */
const readers = new Set(['api', 'sweep', 'app']);

/** Creates the metrics of a function's process; `begin` starts their export. */
export function startMetrics(target: string, { config, db, holder, log }: Platform): Metrics {
  const readBacklog = async () => (await import('./read-backlog.ts')).readBacklog(db);
  return openMetrics({
    config,
    log,
    service: { name: `darkroom-${target}`, instanceId: holder },
    ...(readers.has(target) && { readBacklog }),
  });
}

/** Records the phases of a cold start. */
export function recordStart(target: string, { listeningMs, readyMs, answeredMs }: ColdStart): void {
  for (const [phase, ms] of Object.entries({ listening: listeningMs, ready: readyMs, answered: answeredMs }))
    if (ms !== undefined) recordColdStart(ms / 1000, { function: target, phase });
}
