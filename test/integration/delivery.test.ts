import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { startBroker } from '#knative/local/broker.ts';
import type { Destination } from '#knative/local/deliver.ts';
import { silentLog } from '#shared/log/log.ts';
import { deliveryServices, deliveryTriggers } from './delivery.bench.ts';
import type { Answer, Delivery, DeliveryBench, Receiver } from './delivery.bench.ts';
import { deliverySuite } from './delivery.suite.ts';

deliverySuite('knative/local', openLocalBench);

async function openLocalBench(): Promise<DeliveryBench> {
  await using stack = new AsyncDisposableStack();
  const located = new Map<string, Destination>();
  const broker = stack.use(
    await startBroker({
      triggers: deliveryTriggers,
      log: silentLog,
      locate: (service) => Promise.resolve(located.get(service) ?? { url: 'http://127.0.0.1:9' }),
      concurrencyOf: (service) => deliveryServices[service] ?? 1,
    }),
  );
  const made = stack.move();
  return {
    brokerUrl: broker.url,
    makeReceiver: async (service) => {
      const { receiver, url } = await startReceiver(made);
      located.set(service, { url });
      return receiver;
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function startReceiver(stack: AsyncDisposableStack): Promise<{ receiver: Receiver; url: string }> {
  let deliveries: Delivery[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  let answer: (delivery: Delivery) => Answer | Promise<Answer> = () => ({ status: 204 });

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = deliveries;
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    const delivery = { headers: request.headers, body: await text(request), at: performance.now() };
    seen.push(delivery);
    const result = await answer(delivery);
    atOnce -= 1;
    if (result === 'cut') request.socket.destroy();
    else response.writeHead(result.status, result.headers).end(result.body);
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  const receiver: Receiver = {
    get deliveries() {
      return deliveries;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    answer(it) {
      answer = it;
      deliveries = [];
      mostAtOnce = 0;
    },
  };
  return { receiver, url: `http://127.0.0.1:${address.port}` };
}
