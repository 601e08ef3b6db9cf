import { kubectl, namespace } from './kubectl.ts';

interface Summary {
  pods: { podRef: { name: string; namespace: string }; containers?: ContainerStats[] }[];
}
interface ContainerStats {
  name: string;
  cpu?: { usageCoreNanoSeconds?: number };
  memory?: { workingSetBytes?: number; rssBytes?: number };
}

export interface PodUse {
  name: string;
  container: string;
  /** Anonymous resident memory. */
  rssBytes: number;
  workingSetBytes: number;
  cpuMs: number;
}

/** Current usage of each container of the namespace, from the kubelet. */
export async function readUse(): Promise<PodUse[]> {
  const [node] = (await kubectl(['get', 'nodes', '-o', 'name'])).trim().split('\n');
  const path = `/api/v1/nodes/${node?.replace('node/', '')}/proxy/stats/summary`;
  const summary = JSON.parse(await kubectl(['get', '--raw', path])) as Summary;
  return summary.pods
    .filter(({ podRef }) => podRef.namespace === namespace)
    .flatMap(({ podRef, containers = [] }) =>
      containers.map(({ name, cpu, memory }) => ({
        name: podRef.name,
        container: name,
        rssBytes: memory?.rssBytes ?? 0,
        workingSetBytes: memory?.workingSetBytes ?? 0,
        cpuMs: (cpu?.usageCoreNanoSeconds ?? 0) / 1e6,
      })),
    );
}
