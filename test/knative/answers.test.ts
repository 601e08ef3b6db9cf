// The responses of a Knative Service during starts, failures and upgrades: which component answers, when, and with what.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, findDestination, type Answered, type ServiceDestination } from './ask.ts';
import { describeProbe } from './answers.probe.ts';
import { keepFindings } from './findings.ts';
import { listImages } from './images.ts';
import { kubectl } from './kubectl.ts';
import { PodWatch } from './pod-watch.ts';

interface Finding {
  what: string;
  answers: Answered[];
}

const findings: Finding[] = [];
const note = (what: string, ...answers: Answered[]) => void findings.push({ what, answers });

let pods: PodWatch;
let api: ServiceDestination;
let image = '';
beforeAll(async () => {
  pods = new PodWatch();
  api = await findDestination('darkroom-api');
  ({ 'lab-node': image = '' } = await listImages());
});
afterAll(async () => {
  pods[Symbol.dispose]();
  await kubectl(['delete', 'ksvc,configmap', '-l', 'app.kubernetes.io/part-of=probe', '--ignore-not-found']);
  await keepFindings('2-answers', 'What clients are answered while nothing is there', describeFindings());
});

const apply = (object: object) => kubectl(['apply', '-f', '-'], JSON.stringify(object));
const ready = (service: string) => kubectl(['wait', 'ksvc', service, '--for=condition=Ready', '--timeout=120s']);
const ping = { path: '/api/server/ping' };

/** Sends requests until `work` has ended, and returns all responses. */
async function askDuring(
  destination: ServiceDestination,
  options: Parameters<typeof ask>[1],
  work: () => Promise<unknown>,
): Promise<Answered[]> {
  const answers: Answered[] = [];
  const over = new AbortController();
  const clients = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      answers.push(await ask(destination, options));
      await pause(20);
    }
  });
  await work();
  over.abort();
  await Promise.all(clients);
  return answers;
}

describe('the API', () => {
  test('at zero answers 200 clients at once, each with its own JSON', async () => {
    await pods.waitForNone(300_000, 'darkroom-api');
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(api, ping)));
    note('200 requests at once to the API at zero', ...answers);
    expect(kindsOf(answers)).toEqual(['200 application/json']);
  });

  test('whose pod is removed while requests arrive goes on answering', async () => {
    await ask(api, ping);
    const answers = await askDuring(api, ping, async () => {
      await pause(2000);
      for (const pod of podsOf('darkroom-api')) await kubectl(['delete', 'pod', pod, '--wait=false']);
      await pause(20_000);
    });
    note('the only pod of the API is removed (it drains) while requests arrive', ...answers);
    expect(kindsOf(answers)).toEqual(['200 application/json']);
  });

  test('whose pod is killed while requests arrive answers again at once', async () => {
    await ask(api, ping);
    const answers = await askDuring(api, ping, async () => {
      await pause(2000);
      for (const pod of podsOf('darkroom-api')) await kubectl(['delete', 'pod', pod, '--force', '--grace-period=0']);
      await pause(20_000);
    });
    note('the only pod of the API is killed while requests arrive', ...answers);
    expect(kindsOf(answers)).toContain('200 application/json');
  });
});

describe('any Knative Service', () => {
  test('whose process ends at its start', async () => {
    await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', labels }, data: {} });
    await apply(describeProbe('breaks', image, { timeoutSeconds: 10 }));
    await ready('breaks');
    await pods.waitForNone(180_000, 'breaks');
    await kubectl(['patch', 'configmap', 'probe', '-p', '{"data":{"BREAK":"1"}}']);
    const destination = await findDestination('breaks');
    note('the process ends at its start, timeoutSeconds 10', await ask(destination));
    await kubectl(['patch', 'configmap', 'probe', '-p', '{"data":{"BREAK":null}}']);
  });

  test('whose process ends and is started again', async () => {
    await apply(describeProbe('dies', image, {}));
    await ready('dies');
    const destination = await findDestination('dies');
    const answers = await askDuring(destination, {}, async () => {
      await pause(1000);
      note('the request that makes the process end', await ask(destination, { path: '/?die' }));
      await pause(10_000);
    });
    note('the process ends (out of memory, say) while requests arrive', ...answers);
    expect((await ask(destination)).status).toBe(200);
  });

  test('that takes longer than its timeoutSeconds', async () => {
    await apply(describeProbe('slow', image, { timeoutSeconds: 3 }));
    await ready('slow');
    const destination = await findDestination('slow');
    note('an answer that takes longer than timeoutSeconds', await ask(destination, { path: '/?sleep=10000' }));
  });

  test('with more requests than its pods and their queues take', async () => {
    await apply(describeProbe('narrow', image, { containerConcurrency: 1, maxScale: 1 }));
    await ready('narrow');
    const destination = await findDestination('narrow');
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(destination, { path: '/?sleep=50' })));
    note('300 requests at once, containerConcurrency 1, max-scale 1, target-burst-capacity 0', ...answers);
    await apply(describeProbe('narrow', image, { containerConcurrency: 1, maxScale: 1, burstCapacity: '-1' }));
    await ready('narrow');
    const queued = await Promise.all(Array.from({ length: 300 }, () => ask(destination, { path: '/?sleep=50' })));
    note('the same with target-burst-capacity -1', ...queued);
    expect(kindsOf(queued)).toEqual(['200 text/plain']);
  });

  test('whose new revision takes over', async () => {
    await apply(describeProbe('rolls', image, { timeoutSeconds: 10 }));
    await ready('rolls');
    const destination = await findDestination('rolls');
    const answers = await askDuring(destination, {}, async () => {
      await apply(describeProbe('rolls', image, { timeoutSeconds: 11 }));
      await ready('rolls');
      await pause(3000);
    });
    note('a new revision takes over while requests arrive', ...answers);
    expect(kindsOf(answers)).toEqual(['200 text/plain']);
  });

  test('that does not exist', async () => {
    note('a name that no service has', await ask({ ...api, host: api.host.replace('darkroom-api', 'nobody') }));
  });

  test('while the activator is away', async () => {
    const destination = await findDestination('slow');
    await pods.waitForNone(180_000, 'slow');
    const answers = await askDuring(destination, {}, async () => {
      await kubectl(['-n', 'knative-serving', 'delete', 'pod', '-l', 'app=activator', '--force', '--grace-period=0']);
      await pause(15_000);
    });
    note('the activator is killed while a service is at zero', ...answers);
    expect((await ask(destination)).status).toBe(200);
  });
});

const labels = { 'app.kubernetes.io/part-of': 'probe' };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const podsOf = (service: string) => pods.alive.filter((it) => it.service === service).map((it) => it.name);
const kindOf = ({ status, contentType }: Answered) => `${status} ${contentType.replace(/;.*/, '')}`;
const kindsOf = (answers: readonly Answered[]) => [...new Set(answers.map(kindOf))].sort();

function describeFindings(): string {
  const rows = findings.flatMap(({ what, answers }) =>
    kindsOf(answers).map((kind, n) => {
      const own = answers.filter((it) => kindOf(it) === kind);
      const text = own[0]?.status === 200 ? '' : `\`${own[0]?.body.trim().slice(0, 160).replaceAll('|', '/') ?? ''}\``;
      const slowestMs = Math.max(...own.map((it) => it.tookMs));
      return [n === 0 ? what : '', own.length, kind, text, `${(slowestMs / 1000).toFixed(1)} s`];
    }),
  );
  const head = ['what', 'requests', 'answer', 'text', 'slowest'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${table}\n\n${explanation}`;
}

const explanation = `A client that asks the API while it wakes waits, and is answered by the API: nobody else answers before \`timeoutSeconds\` (600) have passed. What is not JSON comes from Knative:

- the activator says 504 \`activator request timeout\` when no pod could be started for that long;
- queue-proxy, beside the function, says 502 \`dial tcp\` for the second in which a process that ended (killed for its memory, say) is started again, and 504 \`request timeout\`. It says 503 \`pending request queue full\` too, but only with a containerConcurrency and not behind the activator: the API has no containerConcurrency, and functions have \`target-burst-capacity: '-1'\`, which keeps what is too much in the activator;
- Envoy says 503 \`upstream connect error\` when the activator itself is gone and a service is at zero (two activators, or the overlay always-warm, help), and 404 with nothing for a name that it does not know.

Removing the pod, or replacing the revision, is not noticed. Killing it costs the requests that it was answering: 502 of queue-proxy or 503 \`upstream connect error\` of Envoy, for about a second; clients send an upload again, and one that was stored is a duplicate.`;
