import { startBroker } from '#knative/local/broker.ts';
import type { Destination } from '#knative/local/deliver.ts';
import { silentLog } from '#shared/log/log.ts';
import { deliveryServices, deliveryTriggers } from './delivery.bench.ts';
import type { DeliveryBench } from './delivery.bench.ts';
import { startReceiver } from './delivery.receiver.ts';
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
