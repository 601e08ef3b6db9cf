import { execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { list } from 'tar';

export const namespace = 'darkroom';
const dist = join(import.meta.dirname, '../../dist');

/** Runs kubectl in the namespace of Darkroom and answers with what it prints. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile('kubectl', ['-n', namespace, ...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
    error === null ? resolve(stdout) : reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`)),
  );
  child.stdin?.end(input ?? '');
  return await promise;
}

/** Applies a kustomization with the images that were built last, each by the tag that its contents gave it. */
export async function applyFolder(folder: string): Promise<void> {
  let manifests = await kubectl(['kustomize', join(import.meta.dirname, folder)]);
  for (const name of ['darkroom', 'postgres', 'minio']) {
    manifests = manifests.replaceAll(`dev.local/${name}:lab`, await readReference(join(dist, `${name}.tar`)));
  }
  await kubectl(['apply', '-f', '-'], manifests);
}

async function readReference(archive: string): Promise<string> {
  await access(archive);
  const chunks: Buffer[] = [];
  await list({
    file: archive,
    filter: (path) => path === 'manifest.json',
    onReadEntry: (entry) => entry.on('data', (chunk: Buffer) => chunks.push(chunk)),
  });
  const [image] = JSON.parse(Buffer.concat(chunks).toString()) as [{ RepoTags: [string] }];
  return image.RepoTags[0];
}

export interface PodLife {
  /** Of the Knative Service. */
  service: string;
  name: string;
  createdMs: number;
  readyMs?: number;
  goneMs?: number;
}

/** Follows the pods of all Knative Services as the cluster tells of them; times are those of `performance.now()` here. */
export class PodWatch implements Disposable {
  readonly pods = new Map<string, PodLife>();
  private readonly process = spawn(
    'kubectl',
    ['-n', namespace, 'get', 'pods', '-l', 'serving.knative.dev/service', '--watch', '--output-watch-events'].concat(
      '--no-headers',
      `-o=custom-columns=${Object.entries(columns)
        .map((it) => it.join(':'))
        .join(',')}`,
    ),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

  constructor() {
    let rest = '';
    this.process.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.hear(line.trim().split(/\s+/));
    });
  }

  private hear([event = '', name = '', service = '', ready = '']: string[]): void {
    const nowMs = performance.now();
    const pod = this.pods.get(name) ?? { service, name, createdMs: nowMs };
    this.pods.set(name, pod);
    if (ready === 'True') pod.readyMs ??= nowMs;
    if (event === 'DELETED') pod.goneMs ??= nowMs;
  }

  /** Those that are there now. */
  get alive(): PodLife[] {
    return [...this.pods.values()].filter((pod) => pod.goneMs === undefined);
  }

  /** The first pod of `service` that came after `sinceMs`. */
  find(service: string, sinceMs: number): PodLife | undefined {
    return [...this.pods.values()].find((pod) => pod.service === service && pod.createdMs >= sinceMs);
  }

  /** Resolves when no pod has been there for a moment. */
  async waitForNone(timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    for (let quiet = 0; quiet < 10; quiet = this.alive.length === 0 ? quiet + 1 : 0) {
      if (performance.now() > endMs) throw new Error(`still there: ${this.alive.map((pod) => pod.name).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  [Symbol.dispose](): void {
    this.process.kill();
  }
}

const columns = {
  EVENT: '.type',
  NAME: '.object.metadata.name',
  SERVICE: '.object.metadata.labels.serving\\.knative\\.dev/service',
  READY: '.object.status.conditions[?(@.type=="Ready")].status',
};

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
  /** Resident pages without those of files. */
  rssBytes: number;
  workingSetBytes: number;
  cpuMs: number;
}

/** What each container of the namespace uses now, as the kubelet counts. */
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
