import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateDatabase } from '#functions/migrate/main.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import { findFreePort } from '../support/darkroom-process.ts';
import { describeWithService, sharedPostgres } from '../support/services.ts';

interface Point {
  attributes: { key: string; value: { stringValue: string } }[];
}
interface Series {
  name: string;
  histogram?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
}
interface ExportRequest {
  resourceMetrics: { scopeMetrics: { metrics: Series[] }[] }[];
}

const root = join(import.meta.dirname, '../..');

describeWithService('postgres', 'the process of a function', () => {
  let stack: AsyncDisposableStack;
  let series: Series[];
  let collectorUrl: string;
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    series = [];
    const collector = createServer((request, response) => {
      void json(request).then((body) => {
        const { resourceMetrics } = body as ExportRequest;
        series = resourceMetrics.flatMap((it) => it.scopeMetrics).flatMap((it) => it.metrics);
        response.end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    collectorUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    stack.defer(() => collector.close().closeAllConnections());
  });
  afterEach(() => stack.disposeAsync());

  async function start(target: string) {
    const postgres = await sharedPostgres();
    const database = stack.use(await postgres.createDatabase());
    await migrateDatabase({ DATABASE_URL: database.url });
    const port = await findFreePort();
    const child = spawn(process.execPath, ['functions/pod/function.ts', `--target=${target}`], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        DATABASE_URL: database.url,
        DARKROOM_STORE_PATH: '/tmp',
        DARKROOM_LOG_LEVEL: 'warn',
        OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      },
      stdio: 'inherit',
    });
    stack.defer(() => void child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await expect
      .poll(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.status, { timeout: 20_000 })
      .toBe(200);
    const end = async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    };
    return { url, end };
  }

  const pointsOf = (name: string) => {
    const found = series.find((it) => it.name === name);
    return (found?.histogram ?? found?.gauge)?.dataPoints.map(({ attributes }) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
    );
  };

  test('exports its metrics on SIGTERM', async () => {
    const { url, end } = await start('metadata');
    const event = assetEvent(
      'photos.darkroom.asset.created.v1',
      { assetId: crypto.randomUUID(), ownerId: crypto.randomUUID(), assetType: 'IMAGE' },
      '1',
    );
    const answer = await fetch(url, { method: 'POST', headers: toHeaders(event), body: JSON.stringify(event.data) });
    expect(answer.status).toBe(204);
    await fetch(url, { method: 'POST', headers: { 'ce-type': 'made.up' }, body: '{}' });
    await end();
    expect(pointsOf('darkroom.event.duration')).toEqual([
      { function: 'metadata', type: event.type, outcome: 'done' },
      { function: 'metadata', type: 'other', outcome: 'refused' },
    ]);
    expect(pointsOf('darkroom.cold_start.duration')).toEqual(
      ['listening', 'ready', 'answered'].map((phase) => ({ function: 'metadata', phase })),
    );
    expect(pointsOf('darkroom.outbox.waiting')).toBeUndefined();
  });

  test('of the API exports requests by operation, and the backlog of the database', async () => {
    const { url, end } = await start('api');
    await fetch(`${url}/api/server/ping`);
    await fetch(`${url}/api/albums`);
    await fetch(`${url}/api/nowhere`);
    await end();
    expect(pointsOf('darkroom.api.request.duration')).toEqual(
      expect.arrayContaining([
        { operation: 'pingServer', status: '2xx' },
        { operation: 'getAllAlbums', status: '4xx' },
        { operation: 'none', status: '4xx' },
      ]),
    );
    expect(pointsOf('darkroom.outbox.waiting')).toEqual([{}]);
    expect(pointsOf('darkroom.stages')).toContainEqual({ stage: 'thumbnail', state: 'failed' });
  });
});
