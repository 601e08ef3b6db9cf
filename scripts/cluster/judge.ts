import { BlockList, isIPv6 } from 'node:net';
import { parseMillicores, type ClusterFacts } from './cluster-facts.ts';
import type { FunctionManifest } from './function-manifests.ts';
import { brokerClasses, needs, type Need } from './needs.ts';

export interface Verdict {
  isMet: boolean;
  /** What was checked, and the result. */
  text: string;
  /** What to do about it, one line each; commands where possible. */
  toDo: string[];
}

/** Compares the needs of the base, of `components` and of their `functions` with a cluster. */
export function judgeCluster(
  facts: ClusterFacts,
  components: readonly string[],
  functions: readonly FunctionManifest[],
): Verdict[] {
  const wanted = new Map(['base', ...components].flatMap((name) => needs[name] ?? []).map((it) => [subjectOf(it), it]));
  const brokerClass = components.includes('kafka') ? 'Kafka' : facts.brokerClass;
  return [
    ...[...wanted.values()].map((need) => judge(facts, need)),
    judgeBrokerClass(facts, brokerClass),
    judgeRoom(facts, functions),
    judgeGateways(facts, functions),
  ];
}

/** Checks that a pod of each function fits beside the running pods. Otherwise pods stay Pending until others end. */
function judgeRoom({ nodes, configMaps }: ClusterFacts, functions: readonly FunctionManifest[]): Verdict {
  const sidecar = configMaps.get('knative-serving/config-deployment')?.['queue-sidecar-cpu-request'] ?? '25m';
  const needed = functions.reduce((sum, it) => sum + it.requestMillicores + parseMillicores(sidecar), 0);
  const free = nodes.reduce((sum, it) => sum + Math.max(0, it.allocatableMillicores - it.requestedMillicores), 0);
  return {
    isMet: free >= needed,
    text: `a pod of each function requests ${needed}m of CPU, and ${free}m are not requested yet`,
    toDo: nodes.map((it) => `# ${it.name}: ${it.requestedMillicores}m of ${it.allocatableMillicores}m are requested`),
  };
}

/** Checks that the API sees the addresses of its clients: the gateways are pods, and send them in `X-Forwarded-For`. */
function judgeGateways({ nodes }: ClusterFacts, functions: readonly FunctionManifest[]): Verdict {
  const trusted = functions.flatMap((it) => it.trustedProxies);
  const list = new BlockList();
  for (const network of trusted) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  const foreign = [...new Set(nodes.flatMap((it) => it.podNetworks))].filter((network) => {
    const [address = ''] = network.split('/');
    return !list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  });
  return {
    isMet: foreign.length === 0,
    text:
      foreign.length === 0
        ? `the networks of pods are among those whose X-Forwarded-For is trusted (${trusted.join(', ')})`
        : `pods have addresses of ${foreign.join(', ')}, whose X-Forwarded-For is not trusted: failed logins of all clients are then counted together`,
    toDo: [
      '# add to your kustomization: a patch of the Service darkroom-api that sets DARKROOM_TRUSTED_PROXIES (docs/operations.md)',
    ],
  };
}

/** The key of a need, since two components may have the same. */
function subjectOf(need: Need): string {
  return 'configMap' in need ? `${need.configMap} ${need.key}` : need.what;
}

function judge(facts: ClusterFacts, need: Need): Verdict {
  if ('configMap' in need) {
    const { namespace, configMap, key, why, warning } = need;
    const found = facts.configMaps.get(`${namespace}/${configMap}`)?.[key] ?? need.default;
    const isMet = typeof need.value === 'number' ? Number(found) >= need.value : found.toLowerCase() === need.value;
    const command = formatPatch(facts, namespace, configMap, { [key]: String(need.value) });
    const text = `${configMap} ${key} is ${found}${isMet ? '' : `, must be ${typeof need.value === 'number' ? 'at least ' : ''}${need.value}: ${why}`}`;
    return { isMet, text, toDo: [command, ...(warning === undefined ? [] : [`# ${warning}`])] };
  }
  const isMet = 'crd' in need ? facts.crds.has(need.crd) : facts.deployments.has(need.deployment);
  return { isMet, text: `${need.what} ${isMet ? 'is there' : 'is not there'}`, toDo: [need.howTo] };
}

/** The Knative Operator reverts changes of its ConfigMaps, so its resource is patched where it is installed. */
function formatPatch(facts: ClusterFacts, namespace: string, configMap: string, data: Record<string, string>): string {
  const patch = (what: string, change: object) =>
    `kubectl patch ${what} -n ${namespace} --type merge -p '${JSON.stringify(change)}'`;
  if (!facts.crds.has('knativeservings.operator.knative.dev')) return patch(`configmap ${configMap}`, { data });
  const config = { [configMap.replace(/^config-/, '')]: data };
  return patch(`${namespace.replace('-', '')} ${namespace}`, { spec: { config } });
}

function judgeBrokerClass(facts: ClusterFacts, brokerClass: string | undefined): Verdict {
  if (brokerClass === undefined)
    return {
      isMet: false,
      text: 'there is no default class of Brokers (config-br-defaults)',
      toDo: [brokerClasses['MTChannelBasedBroker']?.howTo ?? ''],
    };
  const known = brokerClasses[brokerClass];
  if (known === undefined)
    return { isMet: true, text: `Brokers are of class ${brokerClass}, which this script does not know`, toDo: [] };
  return judge(facts, known);
}
