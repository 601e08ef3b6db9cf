import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseMillicores, type ClusterFacts } from './cluster-facts.ts';
import { listFunctionManifests } from './function-manifests.ts';
import { judgeCluster } from './judge.ts';
import { listComponents } from './list-components.ts';
import { needs } from './needs.ts';

const knative = join(import.meta.dirname, '../../knative');

/** A cluster right after an installation of Knative by its documentation. */
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
  // Two cores, of which Kubernetes, Knative Serving with Kourier and Knative Eventing request a part.
  nodes: [{ name: 'home', allocatableMillicores: 2000, requestedMillicores: 1625, podNetworks: ['10.42.0.0/24'] }],
};

const withSettings = (configMap: string, data: Record<string, string>): ClusterFacts => ({
  ...stock,
  configMaps: new Map([...stock.configMaps, [`knative-serving/${configMap}`, data]]),
});

async function listMissing(overlay: string, facts: ClusterFacts = stock): Promise<string[]> {
  const components = await listComponents(join(knative, 'overlays', overlay));
  return judgeCluster(facts, components, await listFunctionManifests(components)).flatMap(({ isMet, toDo }) =>
    isMet ? [] : toDo.slice(0, 1),
  );
}

const flags = {
  'kubernetes.podspec-persistent-volume-claim': 'enabled',
  'kubernetes.podspec-persistent-volume-write': 'Enabled',
};

describe('what a cluster lacks', () => {
  test.each(['minio', 'always-warm'])('is nothing for %s on Knative with default settings', async (overlay) => {
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

  test('is reported once if two components need it', async () => {
    const functions = await listFunctionManifests([]);
    const missing = judgeCluster(stock, ['nfs', 'external-folder'], functions).filter((it) => !it.isMet);
    expect(missing).toHaveLength(2);
  });

  test('is room on its nodes, if a pod of each function does not fit beside the running pods', async () => {
    const withNodes = (...requested: number[]): ClusterFacts => ({
      ...stock,
      nodes: requested.map((requestedMillicores, n) => ({
        name: `node-${n}`,
        allocatableMillicores: 2000,
        requestedMillicores,
        podNetworks: ['10.244.0.0/24'],
      })),
    });
    expect(await listMissing('minio', withNodes(1800))).toEqual(['# node-0: 1800m of 2000m are requested']);
    expect(await listMissing('minio', withNodes(1800, 1700))).toEqual([]);
    expect(await listMissing('minio', withNodes(2100, 1800))).toHaveLength(1);
  });

  test('is the trust in its gateways, if the manifests lack the networks of its pods', async () => {
    const withNetwork = (...podNetworks: string[]) => ({
      ...stock,
      nodes: stock.nodes.map((node) => ({ ...node, podNetworks })),
    });
    expect(await listMissing('minio', withNetwork('10.1.0.0/16'))).toEqual([
      expect.stringContaining('DARKROOM_TRUSTED_PROXIES'),
    ]);
    expect(await listMissing('minio', withNetwork('10.244.3.0/24', 'fd00:10:244::/64'))).toHaveLength(1);
    expect(await listMissing('minio', withNetwork())).toEqual([]);
  });

  test('is the claim of names for domain', async () => {
    expect(await listMissing('domain')).toEqual([expect.stringMatching(/autocreate-cluster-domain-claims":"true"/)]);
  });

  test('is only the class of the Broker for kafka', async () => {
    expect(await listMissing('kafka')).toEqual([expect.stringMatching(/kafka-broker/)]);
    const withKafka = { ...stock, deployments: new Set(['knative-eventing/kafka-controller']) };
    expect(await listMissing('kafka', withKafka)).toEqual([]);
    expect(await listMissing('minio', withKafka)).toEqual([expect.stringMatching(/mt-channel-broker/)]);
  });

  test('is all of Knative where it is not installed', async () => {
    const empty = { crds: new Set<string>(), deployments: new Set<string>(), configMaps: new Map(), nodes: [] };
    expect(await listMissing('minio', empty)).toHaveLength(6);
  });

  test('is printed as a patch of the Knative Operator’s resource where the operator is installed', async () => {
    const withOperator = { ...stock, crds: new Set([...stock.crds, 'knativeservings.operator.knative.dev']) };
    expect((await listMissing('nfs', withOperator))[0]).toBe(
      `kubectl patch knativeserving knative-serving -n knative-serving --type merge -p '{"spec":{"config":{"features":{"kubernetes.podspec-persistent-volume-claim":"enabled"}}}}'`,
    );
  });
});

test('there is a row of needs for exactly the components', async () => {
  const components = await readdir(join(knative, 'components'));
  expect(Object.keys(needs).toSorted()).toEqual(['base', ...components].toSorted());
});

test('an overlay has the components of the overlay below it', async () => {
  expect(await listComponents(join(knative, 'overlays/kafka'))).toEqual(['watch-minio', 'minio', 'kafka']);
});

test.each([
  ['250m', 250],
  ['2', 2000],
  ['0.5', 500],
])('%s of CPU are %i thousandths of a core', (text, millicores) => {
  expect(parseMillicores(text)).toBe(millicores);
});
