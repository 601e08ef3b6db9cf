import { deliveryServices, deliveryTriggers } from '#test/integration/delivery.bench.ts';
import type { DeliveryBench, Receiver } from '#test/integration/delivery.bench.ts';
import { startReceiver } from '#test/integration/delivery.receiver.ts';
import { deliverySuite } from '#test/integration/delivery.suite.ts';
import type { TriggerSpec } from '#knative/local/topology.ts';
import { listImages } from './images.ts';
import { kubectl, kubectlJson, namespace } from './kubectl.ts';

const host = process.env['DARKROOM_LAB_HOST'] ?? '10.200.0.1';
const labels = { 'app.kubernetes.io/part-of': 'delivery' };

deliverySuite('Knative', openClusterBench);

/** A Broker of the cluster with receivers on this computer; the one with a concurrency limit is behind a Knative Service. */
async function openClusterBench(): Promise<DeliveryBench> {
  await using stack = new AsyncDisposableStack();
  const receivers = new Map<string, { receiver: Receiver; url: string }>();
  for (const service of Object.keys(deliveryServices)) {
    if (service !== 'nobody') receivers.set(service, await startReceiver(stack, host));
  }
  const narrow = Object.entries(deliveryServices).filter(([, concurrency]) => concurrency < 10);
  const destinationOf = (service: string) =>
    narrow.some(([name]) => name === service)
      ? { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: `delivery-${service}` } }
      : { uri: receivers.get(service)?.url ?? `http://${host}:9` };
  const { 'lab-node': image = '' } = await listImages();
  const manifests = [
    ...narrow.map(([service, concurrency]) =>
      describeForwarder(service, concurrency, image, receivers.get(service)?.url ?? ''),
    ),
    describeBroker(),
    ...deliveryTriggers.map((trigger) => describeTrigger(trigger, destinationOf)),
  ];
  stack.defer(() => remove());
  await remove();
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  for (const kind of ['ksvc', 'broker', 'trigger'])
    await kubectl(['wait', kind, '-l', selector, '--for=condition=Ready', '--timeout=180s']);
  const made = stack.move();
  return {
    brokerUrl: await reachBroker(),
    makeReceiver: (service) => {
      const found = receivers.get(service);
      if (found === undefined) throw new Error(`no receiver ${service}`);
      return Promise.resolve(found.receiver);
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

const selector = Object.entries(labels)
  .map((it) => it.join('='))
  .join(',');

async function remove(): Promise<void> {
  await kubectl(['delete', 'trigger,broker,ksvc', '-l', selector, '--ignore-not-found', '--timeout=120s']);
}

function describeBroker() {
  const annotations = { 'messaging.knative.dev/async-handler': 'true' };
  return { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'delivery', labels, annotations } };
}

function describeTrigger({ filter, subscriber, delivery }: TriggerSpec, destinationOf: (service: string) => object) {
  const { retry, backoffPolicy, backoffDelayMs, timeoutMs, deadLetterSink } = delivery;
  const inSeconds = (ms: number) => `PT${ms / 1000}S`;
  return {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: `delivery-${Object.values(filter).join('-')}`.replaceAll('.', '-'), labels },
    spec: {
      broker: 'delivery',
      filter: { attributes: filter },
      subscriber: destinationOf(subscriber),
      delivery: {
        retry,
        backoffPolicy,
        backoffDelay: inSeconds(backoffDelayMs),
        ...(timeoutMs === undefined ? {} : { timeout: inSeconds(timeoutMs) }),
        ...(deadLetterSink === undefined ? {} : { deadLetterSink: destinationOf(deadLetterSink) }),
      },
    },
  };
}

function describeForwarder(service: string, concurrency: number, image: string, url: string) {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: `delivery-${service}`,
      labels: { ...labels, 'networking.knative.dev/visibility': 'cluster-local' },
    },
    spec: {
      template: {
        metadata: {
          annotations: { 'autoscaling.knative.dev/max-scale': '1', 'autoscaling.knative.dev/min-scale': '1' },
        },
        spec: {
          containerConcurrency: concurrency,
          containers: [{ image, args: ['/app/forward.mjs'], env: [{ name: 'FORWARD_TO', value: url }] }],
        },
      },
    },
  };
}

/** The Broker's address is a name of the cluster; from here its ingress is reached by the address of its Service. */
async function reachBroker(): Promise<string> {
  const { status } = await kubectlJson<{ status: { address: { url: string } } }>(['get', 'broker', 'delivery']);
  const url = new URL(status.address.url);
  const [service = '', of = namespace] = url.hostname.split('.');
  url.hostname = (await kubectl(['-n', of, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}'])).trim();
  return url.href;
}
