import { spawn } from 'node:child_process';
import { namespace } from './kubectl.ts';

/** Times are `Date.now()` of this computer when the event of the cluster arrived. */
export interface PodLife {
  /** Name of the Knative Service. */
  service: string;
  name: string;
  createdMs: number;
  scheduledMs?: number;
  /** When the function's own container started. */
  startedMs?: number;
  readyMs?: number;
  goneMs?: number;
}

/** Watches the pods of all Knative Services. */
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

  private hear([event = '', name = '', service = '', node = '', started = '', ready = '']: string[]): void {
    const nowMs = Date.now();
    const pod = this.pods.get(name) ?? { service, name, createdMs: nowMs };
    this.pods.set(name, pod);
    if (node !== none) pod.scheduledMs ??= nowMs;
    if (started !== none) pod.startedMs ??= nowMs;
    if (ready === 'True') pod.readyMs ??= nowMs;
    if (event === 'DELETED') pod.goneMs ??= nowMs;
  }

  /** The existing pods. */
  get alive(): PodLife[] {
    return [...this.pods.values()].filter((pod) => pod.goneMs === undefined);
  }

  /** The first pod of `service` that was created after `sinceMs`. */
  find(service: string, sinceMs: number): PodLife | undefined {
    return [...this.pods.values()].find((pod) => pod.service === service && pod.createdMs >= sinceMs);
  }

  /** Resolves when there has been no pod (of `service`) for a moment. */
  async waitForNone(timeoutMs: number, service?: string): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    const left = () => this.alive.filter((pod) => service === undefined || pod.service === service);
    for (let quiet = 0; quiet < 10; quiet = left().length === 0 ? quiet + 1 : 0) {
      if (Date.now() > endMs) {
        const names = left().map((pod) => pod.name);
        throw new Error(`still there: ${names.join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  [Symbol.dispose](): void {
    this.process.kill();
  }
}

const none = '<none>';
const columns = {
  EVENT: '.type',
  NAME: '.object.metadata.name',
  SERVICE: '.object.metadata.labels.serving\\.knative\\.dev/service',
  NODE: '.object.spec.nodeName',
  STARTED: '.object.status.containerStatuses[?(@.name=="user-container")].state.running.startedAt',
  READY: '.object.status.conditions[?(@.type=="Ready")].status',
};
