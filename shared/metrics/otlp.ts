// The only importer of OpenTelemetry; loaded after the first answer of a process, and only if a collector is
// configured.
import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Backlog } from './backlog.ts';
import { gauges, type Attributes, type Instrument, type Sink } from './instruments.ts';

export interface OtlpOptions {
  /** With its path, for example `http://collector:4318/v1/metrics`. */
  url: string;
  intervalMs: number;
  service: { name: string; instanceId: string };
  readBacklog?: (() => Promise<Backlog>) | undefined;
  /** Called when an export fails after a successful one. */
  onFailure: (error: Error | undefined) => void;
}

export interface Otlp {
  sink: Sink;
  /** Sends the measurements since the last export, and ends. */
  close(): Promise<void>;
}

const secondBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Sends metrics by OTLP over HTTP as JSON. Other variables of OpenTelemetry (headers, timeout) apply. */
export function openOtlp({ url, intervalMs, service, readBacklog, onFailure }: OtlpOptions): Otlp {
  const exporter = reportFailures(new OTLPMetricExporter({ url }), onFailure);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(intervalMs, 10_000),
  });
  const named = resourceFromAttributes({
    'service.namespace': 'darkroom',
    'service.name': service.name,
    'service.instance.id': service.instanceId,
  });
  const provider = new MeterProvider({
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    readers: [reader],
  });
  const meter = provider.getMeter('darkroom');
  if (readBacklog !== undefined) observeBacklog(meter, readBacklog);
  return { sink: createSink(meter), close: () => provider.shutdown() };
}

function createSink(meter: Meter): Sink {
  const open = new Map<Instrument, (value: number, attributes: Attributes) => void>();
  return (instrument, value, attributes) => {
    let record = open.get(instrument);
    if (record === undefined) {
      const { kind, name, unit, description } = instrument;
      if (kind === 'counter') {
        const counter: Counter = meter.createCounter(name, { unit, description });
        record = (...measured) => counter.add(...measured);
      } else {
        const advice = { explicitBucketBoundaries: secondBoundaries };
        const histogram: Histogram = meter.createHistogram(name, { unit, description, advice });
        record = (...measured) => histogram.record(...measured);
      }
      open.set(instrument, record);
    }
    record(value, attributes);
  };
}

function observeBacklog(meter: Meter, readBacklog: () => Promise<Backlog>): void {
  const gauge = ({ name, unit, description }: Instrument) => meter.createObservableGauge(name, { unit, description });
  const waiting = gauge(gauges.outboxWaiting);
  const age = gauge(gauges.outboxAge);
  const letters = gauge(gauges.deadLetters);
  const stages = gauge(gauges.stages);
  meter.addBatchObservableCallback(
    async (result) => {
      // An unavailable database leaves a gap in the series.
      const backlog = await readBacklog().catch(() => undefined);
      if (backlog === undefined) return;
      result.observe(waiting, backlog.outboxWaiting);
      result.observe(age, backlog.outboxAgeSeconds);
      result.observe(letters, backlog.deadLetters);
      for (const { stage, state, count } of backlog.stages) result.observe(stages, count, { stage, state });
    },
    [waiting, age, letters, stages],
  );
}

function reportFailures(exporter: OTLPMetricExporter, onFailure: OtlpOptions['onFailure']): OTLPMetricExporter {
  const send = exporter.export.bind(exporter);
  let isFailing = false;
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      const failed = result.error !== undefined;
      if (failed && !isFailing) onFailure(result.error);
      isFailing = failed;
      done(result);
    });
  return exporter;
}
