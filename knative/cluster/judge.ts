import type { ClusterFacts } from './cluster-facts.ts';
import { brokerClasses, needs, type Need } from './needs.ts';

export interface Verdict {
  isMet: boolean;
  /** What was looked at, and what was found. */
  text: string;
  /** What to do about it, a line each; a command where there is one. */
  toDo: string[];
}

/** Compares what the base and `components` need with what a cluster has. */
export function judgeCluster(facts: ClusterFacts, components: readonly string[]): Verdict[] {
  const wanted = new Map(['base', ...components].flatMap((name) => needs[name] ?? []).map((it) => [subjectOf(it), it]));
  const brokerClass = components.includes('kafka') ? 'Kafka' : facts.brokerClass;
  return [...[...wanted.values()].map((need) => judge(facts, need)), judgeBrokerClass(facts, brokerClass)];
}

/** Two components may need the same. */
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

/** Where the Knative Operator is at work it would undo what was done to a ConfigMap: its own resource is patched. */
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
      text: 'no class of Brokers is the default (config-br-defaults)',
      toDo: [brokerClasses['MTChannelBasedBroker']?.howTo ?? ''],
    };
  const known = brokerClasses[brokerClass];
  if (known === undefined)
    return { isMet: true, text: `Brokers are of class ${brokerClass}, which is not known here`, toDo: [] };
  return judge(facts, known);
}
