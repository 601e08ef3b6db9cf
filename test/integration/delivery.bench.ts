import type { TriggerSpec } from '#knative/local/topology.ts';

/** One delivery as a receiver saw it. */
export interface Delivery {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** Milliseconds of a monotonic clock. */
  at: number;
}

/** `cut` closes the connection without an answer. */
export type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'cut';

/** An HTTP server behind a service's name. */
export interface Receiver {
  readonly deliveries: Delivery[];
  /** The maximum number of concurrent requests. */
  readonly mostAtOnce: number;
  /** Sets the responses from now on, and clears the recorded deliveries. */
  answer(with_: (delivery: Delivery) => Answer | Promise<Answer>): void;
}

/** A broker under test, whose Triggers are `deliveryTriggers`. */
export interface DeliveryBench extends AsyncDisposable {
  brokerUrl: string;
  /** The receiver behind a service that `deliveryTriggers` names. */
  makeReceiver(service: string): Promise<Receiver>;
}

const once = { retry: 0, backoffPolicy: 'exponential', backoffDelayMs: 50, deadLetterSink: 'letters' } as const;
const thrice = { ...once, retry: 3 } as const;

const trigger = (subscriber: string, filter: Record<string, string>, delivery: TriggerSpec['delivery'] = thrice) => ({
  name: `${subscriber}-${Object.values(filter).join('-')}`,
  filter,
  subscriber,
  delivery,
});

/** The Triggers of the suite; those in a cluster are created from the same data. */
export const deliveryTriggers: TriggerSpec[] = [
  trigger('plain', { type: 'test.plain' }),
  trigger('plain', { type: 'test.other' }),
  trigger('images', { type: 'test.asset', assettype: 'image' }),
  trigger('linear', { type: 'test.linear' }, { ...thrice, backoffPolicy: 'linear', backoffDelayMs: 200 }),
  trigger('exponential', { type: 'test.exponential' }, { ...thrice, backoffDelayMs: 200 }),
  trigger('slow', { type: 'test.slow' }, { ...thrice, timeoutMs: 300 }),
  trigger('narrow', { type: 'test.narrow' }),
  trigger('replies', { type: 'test.asks' }),
  trigger('hears', { type: 'test.answers' }),
  trigger('nobody', { type: 'test.nobody' }, { ...once, retry: 1 }),
];

/** Services of the suite with their concurrency where it matters; `nobody` is never started, `letters` takes dead letters. */
export const deliveryServices: Record<string, number> = {
  plain: 100,
  images: 100,
  linear: 100,
  exponential: 100,
  slow: 100,
  narrow: 2,
  replies: 100,
  hears: 100,
  letters: 100,
  nobody: 100,
};
