import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { silentLog, type Log } from '#shared/log/log.ts';
import { countRepairs, recordEvent, setSink } from './instruments.ts';
import { openMetrics, type MetricsOptions } from './metrics.ts';

interface Point {
  attributes: { key: string; value: { stringValue?: string } }[];
  asDouble?: number;
  asInt?: number;
  count?: number;
  sum?: number;
  bucketCounts?: number[];
}

interface Series {
  name: string;
  sum?: { dataPoints: Point[]; isMonotonic: boolean };
  histogram?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
}

interface ExportRequest {
  resourceMetrics: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeMetrics: { metrics: Series[] }[];
  }[];
}

interface Received {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: ExportRequest;
}

const service = { name: 'darkroom-thumbnail', instanceId: 'pod-1' };
const event = { function: 'thumbnail', type: 'photos.darkroom.asset.described.v1', outcome: 'done' };

let stack: AsyncDisposableStack;
let received: Received[];
let url: string;
/** The status that the collector answers; 0 for one that never answers. */
let status: number;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  received = [];
  status = 200;
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      received.push({ path: request.url, headers: request.headers, body: body as ExportRequest });
      if (status !== 0) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  stack.defer(() => {
    setSink(undefined);
    collector.close();
    collector.closeAllConnections();
  });
});
afterEach(() => stack.disposeAsync());

function open(env: Record<string, string>, options: Partial<MetricsOptions> = {}) {
  return openMetrics({ config: parseConfig(env), service, log: silentLog, ...options });
}

const seriesOf = ({ body }: Received) =>
  body.resourceMetrics.flatMap((it) => it.scopeMetrics).flatMap((it) => it.metrics);
const find = (name: string) => seriesOf(received.at(-1) as Received).find((it) => it.name === name);
const attributesOf = (point: Point | undefined) =>
  Object.fromEntries((point?.attributes ?? []).map(({ key, value }) => [key, value.stringValue]));

test('measurements before and after the begin of the export are sent when the process ends', async () => {
  const metrics = open({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` });
  recordEvent(0.2, event);
  await metrics.begin();
  recordEvent(0.3, event);
  countRepairs(3, { kind: 'stagesAnnouncedAgain' });
  await metrics[Symbol.asyncDispose]();

  expect(received).toHaveLength(1);
  const [{ path, headers, body }] = received as [Received];
  expect(path).toBe('/v1/metrics');
  expect(headers['content-type']).toBe('application/json');
  expect(attributesOf(body.resourceMetrics[0]?.resource as unknown as Point)).toMatchObject({
    'service.name': 'darkroom-thumbnail',
    'service.instance.id': 'pod-1',
  });
  const [duration] = find('darkroom.event.duration')?.histogram?.dataPoints ?? [];
  expect(attributesOf(duration)).toEqual(event);
  expect(duration).toMatchObject({ count: 2, sum: 0.5 });
  const repairs = find('darkroom.sweep.repairs')?.sum;
  expect(repairs).toMatchObject({ isMonotonic: true, dataPoints: [{ asDouble: 3 }] });
  expect(attributesOf(repairs?.dataPoints[0])).toEqual({ kind: 'stagesAnnouncedAgain' });
});

test('while the process runs metrics are exported at each interval, with the backlog of the database', async () => {
  let waiting = 7;
  const metrics = open(
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/mine`, OTEL_METRIC_EXPORT_INTERVAL: '50' },
    {
      readBacklog: async () => ({
        outboxWaiting: waiting,
        outboxAgeSeconds: 12.5,
        deadLetters: 1,
        stages: [{ stage: 'faces', state: 'failed', count: 2 }],
      }),
    },
  );
  await metrics.begin();
  await expect.poll(() => received.length).toBeGreaterThan(0);
  expect(received[0]?.path).toBe('/mine');
  expect(find('darkroom.outbox.waiting')?.gauge?.dataPoints).toMatchObject([{ asDouble: 7 }]);
  expect(find('darkroom.outbox.age')?.gauge?.dataPoints).toMatchObject([{ asDouble: 12.5 }]);
  const [failed] = find('darkroom.stages')?.gauge?.dataPoints ?? [];
  expect([failed?.asDouble, attributesOf(failed)]).toEqual([2, { stage: 'faces', state: 'failed' }]);
  waiting = 0;
  await expect.poll(() => find('darkroom.outbox.waiting')?.gauge?.dataPoints[0]?.asDouble).toBe(0);
  await metrics[Symbol.asyncDispose]();
});

test('with an unavailable database the backlog is missing, and the rest is sent', async () => {
  const metrics = open({ OTEL_EXPORTER_OTLP_ENDPOINT: url }, { readBacklog: () => Promise.reject(new Error('away')) });
  recordEvent(1, event);
  await metrics.begin();
  await metrics[Symbol.asyncDispose]();
  expect(seriesOf(received[0] as Received).map((it) => it.name)).toEqual(['darkroom.event.duration']);
});

test('a process that ends before its first answer still sends its measurements', async () => {
  const metrics = open({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  countRepairs(1, { kind: 'trashEmptied' });
  await metrics[Symbol.asyncDispose]();
  expect(find('darkroom.sweep.repairs')?.sum?.dataPoints).toHaveLength(1);
});

test('a collector that refuses is logged once', async () => {
  const lines: string[] = [];
  const log = Object.assign(Object.create(silentLog) as Log, {
    warn: (_fields: object, text: string) => void lines.push(text),
  });
  status = 400;
  const metrics = open({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '30' }, { log });
  await metrics.begin();
  recordEvent(1, event);
  await expect.poll(() => received.length).toBeGreaterThan(2);
  await metrics[Symbol.asyncDispose]();
  expect(lines).toEqual(['metrics cannot be exported']);
});

test('a collector that never answers delays the end of a process by three seconds', async () => {
  status = 0;
  const metrics = open({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  recordEvent(1, event);
  await metrics.begin();
  const start = performance.now();
  await metrics[Symbol.asyncDispose]();
  expect(performance.now() - start).toBeLessThan(4500);
});

test('without a collector measurements are discarded', async () => {
  const metrics = open({});
  recordEvent(1, event);
  await metrics.begin();
  await metrics[Symbol.asyncDispose]();
  expect(received).toEqual([]);
});
