import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

/** What `kubectl` sees of a cluster. */
export interface ClusterFacts {
  /** Names of the custom resource definitions. */
  crds: ReadonlySet<string>;
  /** As `namespace/name`. */
  deployments: ReadonlySet<string>;
  /** Data by `namespace/name`. */
  configMaps: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Of Brokers that name none; undefined if the cluster has no default. */
  brokerClass?: string;
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
const brokerDefaults = z.object({ clusterDefault: z.object({ brokerClass: z.string() }) });

/** Asks the cluster of the current context. @throws cluster/unreachable */
export async function readClusterFacts(): Promise<ClusterFacts> {
  const inNamespaces = async (kind: string) =>
    (await Promise.all(namespaces.map((namespace) => getList(['-n', namespace, 'get', kind])))).flat();
  const [crds, deployments, configMaps] = await Promise.all([
    getList(['get', 'customresourcedefinitions']),
    inNamespaces('deployments'),
    inNamespaces('configmaps'),
  ]);
  const toPath = ({ metadata }: (typeof deployments)[number]) => `${metadata.namespace}/${metadata.name}`;
  const settings = new Map(configMaps.map((it) => [toPath(it), it.data]));
  const brokerClass = parseBrokerClass(settings.get('knative-eventing/config-br-defaults')?.['default-br-config']);
  return {
    crds: new Set(crds.map((it) => it.metadata.name)),
    deployments: new Set(deployments.map(toPath)),
    configMaps: settings,
    ...(brokerClass === undefined ? {} : { brokerClass }),
  };
}

function parseBrokerClass(text: string | undefined): string | undefined {
  const result = brokerDefaults.safeParse(parse(text ?? ''));
  return result.success ? result.data.clusterDefault.brokerClass : undefined;
}

async function getList(args: string[]) {
  try {
    const { stdout } = await promisify(execFile)('kubectl', [...args, '-o', 'json'], { maxBuffer: 256 << 20 });
    return list.parse(JSON.parse(stdout)).items;
  } catch (cause) {
    const { stderr = '', message = '' } = cause as { stderr?: string; message?: string };
    const said = stderr.trim().split('\n').at(-1) || message;
    throw new DarkroomError('cluster/unreachable', `kubectl ${args.join(' ')}: ${said}`, { cause });
  }
}
