import { afterAll, beforeAll, expect, test } from 'vitest';
import { median, percentile } from '#test/bench/figures.ts';
import { ask, findDestination, type ServiceDestination } from './ask.ts';
import { describeHello } from './cold-start.hello.ts';
import { readStartLine, type StartLine } from './cold-start.log.ts';
import { keepFindings } from './findings.ts';
import { firstRequestOf } from './first-events.ts';
import { listImages } from './images.ts';
import { install, waitUntilReady } from './installation.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { PodWatch, type PodLife } from './pod-watch.ts';

const rounds = Number(process.env['DARKROOM_LAB_STARTS'] ?? 20);
const eachFunction = Math.max(1, Math.round(rounds / 4));
const knock = '/.well-known/immich';

interface ColdStart {
  service: string;
  tookMs: number;
  askedMs: number;
  pod: PodLife;
  line: StartLine;
}

let stack = new AsyncDisposableStack();
let pods: PodWatch;
let services: string[] = [];
const destinations = new Map<string, ServiceDestination>();

/** The services with a shorter time to zero, for many starts. */
const soonerAtZero = {
  target: { group: 'serving.knative.dev', kind: 'Service' },
  patch: JSON.stringify([
    { op: 'replace', path: '/spec/template/metadata/annotations/autoscaling.knative.dev~1window', value: '6s' },
  ]),
};

beforeAll(async () => {
  await install({ patches: [soonerAtZero] });
  const { 'lab-node': image = '' } = await listImages();
  await kubectl(['apply', '-f', '-'], JSON.stringify(describeHello(image)));
  await waitUntilReady();
  const { items } = await kubectlJson<{ items: { metadata: { name: string } }[] }>(['get', 'ksvc']);
  services = items.map((it) => it.metadata.name);
  for (const service of services) destinations.set(service, await findDestination(service));
  pods = stack.use(new PodWatch());
});

afterAll(async () => {
  await kubectl(['delete', 'ksvc', 'hello', '--ignore-not-found']);
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

test('the API at zero answers before the timeout of the app, and about as fast as a bare Node server', async () => {
  const functions = services.filter((it) => it !== 'hello' && it !== 'darkroom-api');
  const perRound = Math.ceil((functions.length * eachFunction) / rounds);
  const starts: ColdStart[] = [];
  for (let round = 0; round < rounds; round++) {
    const some = Array.from({ length: perRound }, (_, n) => functions[(round * perRound + n) % functions.length] ?? '');
    const pair = round % 2 === 0 ? ['hello', 'darkroom-api'] : ['darkroom-api', 'hello'];
    for (const service of [...pair, ...some]) {
      await pods.waitForNone(240_000, service);
      starts.push(await startCold(service, round));
    }
    console.log(
      `round ${round + 1}: ${starts
        .slice(-2 - perRound)
        .map((it) => `${it.service} ${it.tookMs.toFixed(0)} ms`)
        .join(', ')}`,
    );
    // Stored after each round, since twenty rounds take long.
    await keepFindings('1-cold-starts', 'Cold starts', describeStarts(starts));
  }
  const took = (service: string) => starts.filter((it) => it.service === service).map((it) => it.tookMs);
  const helloP95Ms = percentile(took('hello'), 0.95);
  // If even the bare server is slow, the machine is busy.
  expect(percentile(took('darkroom-api'), 0.95)).toBeLessThan(Math.max(5000, 2 * helloP95Ms));
  expect(median(took('darkroom-api')) / median(took('hello'))).toBeLessThan(2);
});

async function startCold(service: string, round: number): Promise<ColdStart> {
  const destination = destinations.get(service);
  if (destination === undefined) throw new Error(`there is no ${service}`);
  const askedMs = Date.now();
  const request = firstRequestOf(service);
  // The first and the second request of the app.
  const path = service === 'darkroom-api' && round % 2 === 1 ? knock : request.path;
  const answer = await ask(destination, { ...request, ...(path === undefined ? {} : { path }) });
  if (answer.status === 0 || answer.status >= 500) throw new Error(`${service} answered ${JSON.stringify(answer)}`);
  await expect.poll(() => pods.find(service, askedMs)?.readyMs, { timeout: 20_000 }).toBeDefined();
  const pod = pods.find(service, askedMs);
  if (pod === undefined) throw new Error(`${service} has no pod`);
  await expect.poll(() => readStartLine(pod.name), { timeout: 10_000 }).toBeDefined();
  const line = await readStartLine(pod.name);
  if (line === undefined) throw new Error(`${pod.name} says nothing of its start`);
  return { service, tookMs: answer.tookMs, askedMs, pod, line };
}

function describeStarts(starts: readonly ColdStart[]): string {
  const hello = starts.filter((it) => it.service === 'hello');
  const helloMs = median(hello.map((it) => it.tookMs));
  const ms = (values: readonly number[]) => (values.length === 0 ? '' : median(values).toFixed(0));
  const rows = ['hello', ...services.filter((it) => it !== 'hello')].map((service) => {
    const own = starts.filter((it) => it.service === service);
    const took = own.map((it) => it.tookMs);
    const between = (from: (it: ColdStart) => number | undefined, to: (it: ColdStart) => number | undefined) =>
      ms(
        own.flatMap((it) => {
          const [a, b] = [from(it), to(it)];
          return a === undefined || b === undefined ? [] : [b - a];
        }),
      );
    const step = (name: 'nodeMs' | 'openedMs' | 'listeningMs' | 'readyMs' | 'requestMs' | 'answeredMs' | 'cpuMs') =>
      ms(own.flatMap(({ line }) => line[name] ?? []));
    return [
      service,
      own.length,
      ms(took),
      percentile(took, 0.95).toFixed(0),
      (median(took) / helloMs).toFixed(2),
      between(
        (it) => it.askedMs,
        (it) => it.pod.createdMs,
      ),
      between(
        (it) => it.pod.createdMs,
        (it) => it.line.startedMs,
      ),
      step('nodeMs'),
      step('openedMs'),
      step('listeningMs'),
      step('readyMs'),
      step('requestMs'),
      step('answeredMs'),
      between(
        (it) => it.line.startedMs + it.line.answeredMs,
        (it) => it.askedMs + it.tookMs,
      ),
      step('cpuMs'),
    ];
  });
  const head = [
    'service',
    'starts',
    'p50',
    'p95',
    'to hello',
    'asked → pod made',
    '→ process',
    'then: node',
    'opened',
    'listening',
    'ready',
    'request',
    'answered',
    '→ client',
    'CPU',
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `From zero pods to the whole first answer through Envoy, in milliseconds, medians where nothing else is said; one after the other, hello and API in turn within each round. hello is a bare node:http server in the same Node, with the same autoscaling annotations as the API. The API was asked for \`/api/server/ping\` and \`${knock}\` in turn, functions for an event about something that does not exist: one look into the database. Windows were 6 s, all else as installed. Times from node to answered count from the start of the process: node runs the first line, configuration read, server listens, readiness answered, first request there, answered. CPU is the process's until its first answer.\n\n${table}`;
}
