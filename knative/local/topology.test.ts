import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { Cron } from 'croner';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { stageGraph } from '#shared/stages/stage-graph.ts';
import { stages } from '#shared/db/tables.ts';
import { catalogue, pingType } from '#shared/events/catalogue.ts';
import { wakeEvent } from '#shared/pipeline/stage-events.ts';
import { eventFunctions } from '#functions/pod/event-functions.ts';
import { parseDuration } from './duration.ts';
import { readKustomization, readTopology } from './topology.ts';

const folder = join(import.meta.dirname, '..');
const watchers = ['watch-minio', 'watch-nfs'];
const topology = await readTopology(folder, watchers);
const folders = ['base', ...watchers.map((name) => `components/${name}`)];
const documents = (await Promise.all(folders.map((it) => readKustomization(join(folder, it))))).flat();
const names = new Set(topology.services.map((it) => it.name));

describe('the base and the watchers', () => {
  test('every Trigger has an existing event type and an existing service', () => {
    const types = new Set<string>([...Object.keys(catalogue), pingType]);
    for (const { filter, subscriber, delivery } of topology.triggers) {
      expect(types).toContain(filter['type']);
      expect(names).toContain(subscriber);
      expect(names).toContain(delivery.deadLetterSink);
    }
  });

  describe('the graph of stages', () => {
    const kinds = ['IMAGE', 'VIDEO'] as const;
    const told = (stage: (typeof stages)[number], kind: (typeof kinds)[number]) => {
      const { type, assettype = '' } = wakeEvent(stage, { assetId: 'a', ownerId: 'o', assetType: kind }, 'r');
      return { type, assettype } as Record<string, string>;
    };

    test.each(stages.flatMap((stage) => kinds.map((kind) => ({ stage, kind }))))(
      'the event of $stage of $kind is delivered only to the function in the graph',
      ({ stage, kind }) => {
        const event = told(stage, kind);
        const takers = topology.triggers
          .filter(({ filter }) => Object.entries(filter).every(([name, value]) => event[name] === value))
          .map((it) => it.subscriber);
        const served = stageGraph.filter((it) => it.wokenBy === event['type'] && it.kind === kind);
        expect(takers.toSorted()).toEqual(
          served.flatMap(({ servedBy }) => (servedBy === undefined ? [] : [`darkroom-${servedBy}`])).toSorted(),
        );
      },
    );

    test('has every stage once for each kind, after one whose event wakes it', () => {
      expect(new Set(stageGraph.map((it) => it.stage))).toEqual(new Set(stages));
      expect(new Set(stageGraph.map((it) => `${it.stage} ${it.kind}`)).size).toBe(stageGraph.length);
      for (const { stage, kind, after, wokenBy } of stageGraph) {
        const siblings = stageGraph.filter((it) => it.after === after);
        expect(new Set(siblings.map((it) => it.wokenBy)), stage).toEqual(new Set([wokenBy]));
        if (after === undefined) continue;
        expect(stageGraph, stage).toContainEqual(expect.objectContaining({ stage: after, kind }));
      }
    });
  });

  test('has a Trigger for every type of the catalogue', () => {
    const wanted = new Set(topology.triggers.map((it) => it.filter['type']));
    expect(wanted).toEqual(new Set([...Object.keys(catalogue), pingType]));
  });

  test('has exactly one Trigger for every schedule', () => {
    const ticks = topology.triggers.filter((it) => it.filter['type'] === pingType);
    const schedules = topology.schedules.map((it) => it.extensions['schedule']);
    expect(ticks).toHaveLength(schedules.length);
    expect(new Set(ticks.map((it) => it.filter['schedule']))).toEqual(new Set(schedules));
  });

  test('has a service for the API and for every event function', () => {
    const targets = topology.services.map((it) => it.target);
    expect(targets.toSorted()).toEqual(['api', ...Object.keys(eventFunctions)].toSorted());
  });

  test.each(Object.keys(eventFunctions))('the function %s is the one in the folder of its name', async (name) => {
    expect((await eventFunctions[name]?.())?.fn.name).toBe(name);
  });

  test('every event function except the dead letter sink has a Trigger, and none is public', () => {
    const subscribers = new Set([...topology.triggers.map((it) => it.subscriber), 'darkroom-dead-letter']);
    const labels = z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }) });
    for (const { manifest } of documents.filter((it) => it.apiVersion === 'serving.knative.dev/v1')) {
      const { metadata } = labels.parse(manifest);
      const isLocal = metadata.labels['networking.knative.dev/visibility'] === 'cluster-local';
      expect(isLocal, metadata.name).toBe(metadata.name !== 'darkroom-api');
      expect(isLocal, metadata.name).toBe(subscribers.has(metadata.name));
    }
  });

  test('the timeout of a delivery is not shorter than that of the function', () => {
    const limits = z.object({
      spec: z.object({ template: z.object({ spec: z.object({ timeoutSeconds: z.number() }) }) }),
    });
    for (const { manifest } of documents.filter((it) => it.apiVersion === 'serving.knative.dev/v1')) {
      const timeoutMs = limits.parse(manifest).spec.template.spec.timeoutSeconds * 1000;
      for (const { delivery } of topology.triggers) expect(delivery.timeoutMs).toBeGreaterThanOrEqual(timeoutMs);
    }
  });

  test.each([
    ['nightly', 24 * 60],
    ['listing', 60],
    ['scan', 5],
    ['scan-full', 24 * 60],
  ])('the schedule %s ticks every %i minutes', (name, minutes) => {
    const spec = topology.schedules.find((it) => it.extensions['schedule'] === name);
    const [first, second] = new Cron(spec?.cron ?? '', { mode: '5-part', timezone: 'UTC' }).nextRuns(2);
    expect((second?.getTime() ?? 0) - (first?.getTime() ?? 0)).toBe(minutes * 60_000);
  });

  test('the Broker answers before its subscribers have finished', () => {
    const [broker] = documents.filter((it) => it.kind === 'Broker');
    const annotations = { 'messaging.knative.dev/async-handler': 'true' };
    expect(broker?.manifest).toMatchObject({ metadata: { annotations } });
  });

  test.each(folders)('every file of %s is listed', async (name) => {
    const files = await Array.fromAsync(glob(['*.yaml', '*/*.yaml'], { cwd: join(folder, name) }));
    const listed = documents.map((it) => it.file);
    for (const file of files.filter((it) => it !== 'kustomization.yaml')) {
      expect(listed).toContain(join(folder, name, file));
    }
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
