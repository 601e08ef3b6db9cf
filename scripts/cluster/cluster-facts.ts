import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

/** The state of a cluster, read with `kubectl`. */
export interface ClusterFacts {
  /** Names of the custom resource definitions. */
  crds: ReadonlySet<string>;
  /** As `namespace/name`. */
  deployments: ReadonlySet<string>;
  /** Data by `namespace/name`. */
  configMaps: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The default class of Brokers; undefined if the cluster has none. */
  brokerClass?: string;
  nodes: readonly NodeFacts[];
}

export interface NodeFacts {
  name: string;
  /** Thousandths of a core that pods may request, and those that its pods have requested. */
  allocatableMillicores: number;
  requestedMillicores: number;
  /** Networks of its pods' addresses; empty if the network plugin stores them elsewhere. */
  podNetworks: readonly string[];
}

const namespaces = ['knative-serving', 'knative-eventing'];

const list = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string().default('') }),
      data: z.record(z.string(), z.string()).default({}),
    }),
  ),
});
const quantity = z.string().default('0').transform(parseMillicores);
const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ podCIDRs: z.array(z.string()).default([]) }),
      status: z.object({ allocatable: z.object({ cpu: quantity }) }),
    }),
  ),
});
const podList = z.object({
  items: z.array(
    z.object({
      spec: z.object({
        nodeName: z.string().optional(),
        containers: z.array(
          z.object({ resources: z.object({ requests: z.object({ cpu: quantity }).optional() }).optional() }),
        ),
      }),
    }),
  ),
});
const brokerDefaults = z.object({ clusterDefault: z.object({ brokerClass: z.string() }) });

/** Reads the cluster of the current context. @throws cluster/unreachable */
export async function readClusterFacts(): Promise<ClusterFacts> {
  const inNamespaces = async (kind: string) =>
    (await Promise.all(namespaces.map((namespace) => getList(['-n', namespace, 'get', kind])))).flat();
  const [crds, deployments, configMaps, nodes] = await Promise.all([
    getList(['get', 'customresourcedefinitions']),
    inNamespaces('deployments'),
    inNamespaces('configmaps'),
    readNodes(),
  ]);
  const toPath = ({ metadata }: (typeof deployments)[number]) => `${metadata.namespace}/${metadata.name}`;
  const settings = new Map(configMaps.map((it) => [toPath(it), it.data]));
  const brokerClass = parseBrokerClass(settings.get('knative-eventing/config-br-defaults')?.['default-br-config']);
  return {
    crds: new Set(crds.map((it) => it.metadata.name)),
    deployments: new Set(deployments.map(toPath)),
    configMaps: settings,
    nodes,
    ...(brokerClass === undefined ? {} : { brokerClass }),
  };
}

function parseBrokerClass(text: string | undefined): string | undefined {
  const result = brokerDefaults.safeParse(parse(text ?? ''));
  return result.success ? result.data.clusterDefault.brokerClass : undefined;
}

async function readNodes(): Promise<NodeFacts[]> {
  const [nodes, pods] = await Promise.all([
    get(['get', 'nodes']).then((it) => nodeList.parse(it).items),
    get(['get', 'pods', '--all-namespaces', '--field-selector=status.phase!=Succeeded,status.phase!=Failed']).then(
      (it) => podList.parse(it).items,
    ),
  ]);
  return nodes.map(({ metadata: { name }, spec, status }) => {
    const containers = pods.filter((it) => it.spec.nodeName === name).flatMap((it) => it.spec.containers);
    const requestedMillicores = containers.reduce((sum, it) => sum + (it.resources?.requests?.cpu ?? 0), 0);
    return { name, allocatableMillicores: status.allocatable.cpu, requestedMillicores, podNetworks: spec.podCIDRs };
  });
}

/** Thousandths of a core. @see Kubernetes, Quantity */
export function parseMillicores(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
}

async function getList(args: string[]) {
  return list.parse(await get(args)).items;
}

async function get(args: string[]): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', [...args, '-o', 'json'], { maxBuffer: 256 << 20 });
    return JSON.parse(stdout);
  } catch (cause) {
    const { stderr = '', message = '' } = cause as { stderr?: string; message?: string };
    const said = stderr.trim().split('\n').at(-1) || message;
    throw new DarkroomError('cluster/unreachable', `kubectl ${args.join(' ')}: ${said}`, { cause });
  }
}
