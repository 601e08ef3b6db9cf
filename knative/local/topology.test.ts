import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cron } from 'croner';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { catalogue, pingType } from '#shared/events/catalogue.ts';
import { eventFunctions } from '../functions.ts';
import { parseDuration } from './duration.ts';
import { readKustomization, readTopology } from './topology.ts';

const folder = join(import.meta.dirname, '..');
const topology = await readTopology(folder);
const documents = await readKustomization(join(folder, 'base'));
const names = new Set(topology.services.map((it) => it.name));

describe('the manifests', () => {
  test('every Trigger waits for a type that there is and brings it to a service that there is', () => {
    const types = new Set<string>([...Object.keys(catalogue), pingType]);
    for (const { filter, subscriber, delivery } of topology.triggers) {
      expect(types).toContain(filter['type']);
      expect(names).toContain(subscriber);
      expect(names).toContain(delivery.deadLetterSink);
    }
  });

  test('every type of the catalogue has a Trigger', () => {
    const wanted = new Set(topology.triggers.map((it) => it.filter['type']));
    expect(wanted).toEqual(new Set([...Object.keys(catalogue), pingType]));
  });

  test('there is a service for the API and for every event function', () => {
    const targets = topology.services.map((it) => it.target);
    expect(targets.toSorted()).toEqual(['api', ...Object.keys(eventFunctions)].toSorted());
  });

  test.each(Object.keys(eventFunctions))('the function %s is the one in the folder of its name', async (name) => {
    expect((await eventFunctions[name]?.())?.fn.name).toBe(name);
  });

  test('every event function but the dead letter sink has a Trigger, and no client reaches one', () => {
    const subscribers = new Set([...topology.triggers.map((it) => it.subscriber), 'darkroom-dead-letter']);
    const labels = z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }) });
    for (const { manifest } of documents.filter((it) => it.apiVersion === 'serving.knative.dev/v1')) {
      const { metadata } = labels.parse(manifest);
      const isLocal = metadata.labels['networking.knative.dev/visibility'] === 'cluster-local';
      expect(isLocal, metadata.name).toBe(metadata.name !== 'darkroom-api');
      expect(isLocal, metadata.name).toBe(subscribers.has(metadata.name));
    }
  });

  test('an attempt is given up no earlier than the function itself gives up', () => {
    const limits = z.object({
      spec: z.object({ template: z.object({ spec: z.object({ timeoutSeconds: z.number() }) }) }),
    });
    for (const { manifest } of documents.filter((it) => it.apiVersion === 'serving.knative.dev/v1')) {
      const timeoutMs = limits.parse(manifest).spec.template.spec.timeoutSeconds * 1000;
      for (const { delivery } of topology.triggers) expect(delivery.timeoutMs).toBeGreaterThanOrEqual(timeoutMs);
    }
  });

  test('the database connections of all pods fit into max_connections, during a rollout too', () => {
    const connections = topology.services.map((it) => it.maxScale * Number(it.env['DARKROOM_DB_POOL']));
    const sum = connections.reduce((total, it) => total + it, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum * 2 + 10).toBeLessThan(100);
  });

  test('the nightly tick is a cron line of five fields that comes once a day', () => {
    expect(topology.schedules).toHaveLength(1);
    for (const { cron } of topology.schedules) {
      const [first, second] = new Cron(cron, { mode: '5-part', timezone: 'UTC' }).nextRuns(2);
      expect((second?.getTime() ?? 0) - (first?.getTime() ?? 0)).toBe(86_400_000);
    }
  });

  test('the Broker answers before its subscribers have finished', () => {
    const [broker] = documents.filter((it) => it.kind === 'Broker');
    const annotations = { 'messaging.knative.dev/async-handler': 'true' };
    expect(broker?.manifest).toMatchObject({ metadata: { annotations } });
  });

  test('every container passes the restricted pod standard', async () => {
    const workloads = documents.filter((it) => ['serving.knative.dev/v1', 'batch/v1'].includes(it.apiVersion));
    expect(workloads).toHaveLength(topology.services.length + 1);
    const securityContext = {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    for (const { manifest } of workloads) {
      expect(manifest).toMatchObject({ spec: { template: { spec: { containers: [{ securityContext }] } } } });
    }
  });

  test('every file is listed', async () => {
    const { resources } = z
      .object({ resources: z.array(z.string()) })
      .parse(parse(await readFile(join(folder, 'base/kustomization.yaml'), 'utf8')));
    const files = await Array.fromAsync(glob(['*.yaml', '*/*.yaml'], { cwd: join(folder, 'base') }));
    const listed = resources.filter((it) => !it.startsWith('../'));
    expect(new Set(listed)).toEqual(new Set(files.filter((it) => it !== 'kustomization.yaml')));
  });
});

describe('durations', () => {
  test.each([
    ['PT1S', 1000],
    ['PT0.2S', 200],
    ['PT10M', 600_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT1S', 86_401_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['5s', 'PT', 'P', '', 'PT5', 'P1M', 'pt1s'])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(/not an ISO 8601 duration/);
  });
});
