import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClusterFacts } from './cluster-facts.ts';
import { judgeCluster } from './judge.ts';
import { listComponents } from './list-components.ts';
import { needs } from './needs.ts';

const knative = join(import.meta.dirname, '..');

/** A cluster right after Knative was installed as its pages say. */
const stock: ClusterFacts = {
  crds: new Set([
    'services.serving.knative.dev',
    'domainmappings.serving.knative.dev',
    'brokers.eventing.knative.dev',
    'triggers.eventing.knative.dev',
    'pingsources.sources.knative.dev',
    'sinkbindings.sources.knative.dev',
  ]),
  deployments: new Set(['knative-eventing/mt-broker-controller']),
  configMaps: new Map(
    ['features', 'defaults', 'network', 'autoscaler'].map((it) => [`knative-serving/config-${it}`, {}]),
  ),
  brokerClass: 'MTChannelBasedBroker',
};

const withSettings = (configMap: string, data: Record<string, string>): ClusterFacts => ({
  ...stock,
  configMaps: new Map([...stock.configMaps, [`knative-serving/${configMap}`, data]]),
});

async function listMissing(overlay: string, facts: ClusterFacts = stock): Promise<string[]> {
  const components = await listComponents(join(knative, 'overlays', overlay));
  return judgeCluster(facts, components).flatMap(({ isMet, toDo }) => (isMet ? [] : toDo.slice(0, 1)));
}

const flags = { 'kubernetes.podspec-persistent-volume-claim': 'enabled', 'kubernetes.podspec-persistent-volume-write': 'Enabled' }; // prettier-ignore

describe('what a cluster lacks', () => {
  test.each(['minio', 'always-warm'])('is nothing for %s on Knative as it comes', async (overlay) => {
    expect(await listMissing(overlay)).toEqual([]);
  });

  test('is the two flags of volumes for nfs, until they are set', async () => {
    expect(await listMissing('nfs')).toEqual([
      `kubectl patch configmap config-features -n knative-serving --type merge -p '{"data":{"kubernetes.podspec-persistent-volume-claim":"enabled"}}'`,
      `kubectl patch configmap config-features -n knative-serving --type merge -p '{"data":{"kubernetes.podspec-persistent-volume-write":"enabled"}}'`,
    ]);
    expect(await listMissing('nfs', withSettings('config-features', flags))).toEqual([]);
  });

  test.each([
    [{}, 1],
    [{ 'max-revision-timeout-seconds': '3599' }, 1],
    [{ 'max-revision-timeout-seconds': '7200' }, 0],
  ])('is an hour for a request, with the limit %j: %i', async (data, count) => {
    expect(await listMissing('long-requests', withSettings('config-defaults', data))).toHaveLength(count);
  });

  test('is told once where two components need it', () => {
    const missing = judgeCluster(stock, ['nfs', 'external-folder']).filter((it) => !it.isMet);
    expect(missing).toHaveLength(2);
  });

  test('is the claim of names for domain', async () => {
    expect(await listMissing('domain')).toEqual([expect.stringMatching(/autocreate-cluster-domain-claims":"true"/)]);
  });

  test('is the class of the Broker for kafka, and then only that', async () => {
    expect(await listMissing('kafka')).toEqual([expect.stringMatching(/kafka-broker/)]);
    const withKafka = { ...stock, deployments: new Set(['knative-eventing/kafka-controller']) };
    expect(await listMissing('kafka', withKafka)).toEqual([]);
    expect(await listMissing('minio', withKafka)).toEqual([expect.stringMatching(/mt-channel-broker/)]);
  });

  test('is everything of Knative where there is none', async () => {
    const empty = { crds: new Set<string>(), deployments: new Set<string>(), configMaps: new Map() };
    expect(await listMissing('minio', empty)).toHaveLength(6);
  });

  test('is told as a change to the resource of the Knative Operator where that is at work', async () => {
    const withOperator = { ...stock, crds: new Set([...stock.crds, 'knativeservings.operator.knative.dev']) };
    expect((await listMissing('nfs', withOperator))[0]).toBe(
      `kubectl patch knativeserving knative-serving -n knative-serving --type merge -p '{"spec":{"config":{"features":{"kubernetes.podspec-persistent-volume-claim":"enabled"}}}}'`,
    );
  });
});

test('there is a row of needs for every component, and for nothing else', async () => {
  const components = await readdir(join(knative, 'components'));
  expect(Object.keys(needs).toSorted()).toEqual(['base', ...components].toSorted());
});

test('an overlay has the components of the overlay below it', async () => {
  expect(await listComponents(join(knative, 'overlays/kafka'))).toEqual(['watch-minio', 'minio', 'kafka']);
});
