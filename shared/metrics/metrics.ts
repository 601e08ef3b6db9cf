import type { Config } from '#shared/config/config.ts';
import type { Log } from '#shared/log/log.ts';
import type { Backlog } from './backlog.ts';
import { setSink, type Attributes, type Instrument } from './instruments.ts';
import type { Otlp } from './otlp.ts';

export interface MetricsOptions {
  config: Pick<
    Config,
    'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT' | 'OTEL_METRIC_EXPORT_INTERVAL'
  >;
  service: { name: string; instanceId: string };
  log: Log;
  /** Called at each export; only set in processes that report the backlog. */
  readBacklog?: () => Promise<Backlog>;
}

export interface Metrics extends AsyncDisposable {
  /**
   * Begins to export. It loads a library, so call it after the first answer. Never fails; a second call does nothing.
   */
  begin(): Promise<void>;
  /** Sends the remaining measurements, for at most three seconds, and ends. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** More than the number of measurements before a process has first answered. */
const heldMax = 10_000;
const lastExportMs = 3_000;

/**
 * Collects measurements and exports them to the configured collector. Without a collector they are discarded, and no
 * library is loaded.
 */
export function openMetrics({ config, service, log, readBacklog }: MetricsOptions): Metrics {
  const url = endpointOf(config);
  if (url === undefined) return { begin: async () => {}, [Symbol.asyncDispose]: async () => {} };
  const held: [Instrument, number, Attributes][] = [];
  setSink((...measured) => void (held.length < heldMax && held.push(measured)));
  let opened: Promise<Otlp> | undefined;
  const open = async () => {
    const { openOtlp } = await import('./otlp.ts');
    const onFailure = (error?: Error) => log.warn({ err: error, url }, 'metrics cannot be exported');
    const otlp = openOtlp({ url, intervalMs: config.OTEL_METRIC_EXPORT_INTERVAL, service, readBacklog, onFailure });
    setSink(otlp.sink);
    for (const measured of held.splice(0)) otlp.sink(...measured);
    return otlp;
  };
  return {
    async begin() {
      try {
        await (opened ??= open());
      } catch (error) {
        log.warn({ err: error }, 'metrics are not exported');
      }
    },
    async [Symbol.asyncDispose]() {
      if (held.length > 0) opened ??= open();
      setSink(undefined);
      const closed = opened?.then((otlp) => otlp.close());
      const late = new Promise<void>((resolve) => setTimeout(resolve, lastExportMs).unref());
      await Promise.race([closed, late]).catch((error: unknown) => log.warn({ err: error, url }, 'last metrics lost'));
    },
  };
}

/** @see OpenTelemetry, OTLP exporter configuration: only the general endpoint gets the signal's path. */
function endpointOf(config: MetricsOptions['config']): string | undefined {
  const general = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  return config.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? (general && `${general.replace(/\/$/, '')}/v1/metrics`);
}
