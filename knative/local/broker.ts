import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DarkroomError, toDarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';
import { createBootServer } from '#shared/serve/boot-server.ts';
import { readBody } from '#shared/serve/read-body.ts';
import { readEvent, toDeadLetter, type BrokeredEvent } from './brokered-event.ts';
import { deliver, type Attempt, type Destination } from './deliver.ts';
import { createLimiter } from './limiter.ts';
import type { DeliverySpec, TriggerSpec } from './topology.ts';

export interface BrokerOptions {
  triggers: readonly TriggerSpec[];
  log: Log;
  /** The address of a service, called once for each attempt; may start the service. */
  locate(service: string): Promise<Destination>;
  /** How many requests a service handles at a time. */
  concurrencyOf(service: string): number;
  /** Called when an event is accepted; the returned function is called when all of its deliveries have ended. */
  begin?(): () => void;
}

/** A broker in memory with the contract of Knative's. Accepted events are lost with the process. */
export interface Broker extends AsyncDisposable {
  /** The address for posting events: K_SINK. Its path is secret. */
  readonly url: string;
  /** The number of events and deliveries that have not ended, including those that wait for a retry. */
  readonly underway: number;
  /** Accepts no more events and starts no more attempts; waits up to `graceMs` for those under way. */
  drain(graceMs: number): Promise<void>;
}

/** Starts a broker on a loopback port. @see Knative Eventing, Broker and Trigger */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { triggers, log } = options;
  const path = `/${randomBytes(16).toString('hex')}`;
  const ending = new AbortController();
  const limiters = new Map<string, ReturnType<typeof createLimiter>>();
  const underway = new Set<Promise<void>>();
  const attempts = new Set<Promise<Attempt>>();

  const accept = (event: BrokeredEvent) => {
    for (const trigger of triggers) {
      if (!matches(trigger, event)) continue;
      const end = options.begin?.();
      const delivery = run(trigger, event)
        .catch((error: unknown) => log.error({ err: toDarkroomError(error), trigger: trigger.name }, 'delivery failed'))
        .finally(() => {
          underway.delete(delivery);
          end?.();
        });
      underway.add(delivery);
    }
  };

  const run = async ({ name, subscriber, delivery }: TriggerSpec, event: BrokeredEvent) => {
    const last = await tryUntilSettled(event, subscriber, delivery);
    if (last === undefined) return;
    if (last.outcome === 'delivered') {
      if (last.reply !== undefined) accept(last.reply);
      return;
    }
    const bindings = {
      trigger: name,
      ceId: event.attributes['id'],
      ceType: event.attributes['type'],
      status: last.status,
    };
    if (delivery.deadLetterSink === undefined)
      return log.error(bindings, 'event dropped: there is no dead letter sink');
    const { url: destination } =
      last.refusedBy === 'broker'
        ? { url: 'http://broker' }
        : await options.locate(subscriber).catch(() => ({ url: `http://${subscriber}` }));
    const letter = toDeadLetter(event, { destination, status: last.status, body: last.body });
    const buried = await tryUntilSettled(letter, delivery.deadLetterSink, delivery);
    if (buried === undefined) return;
    if (buried.outcome === 'delivered') log.warn(bindings, 'event went to the dead letter sink');
    else log.error(bindings, 'event dropped: the dead letter sink did not accept it');
  };

  /** undefined if the broker ends meanwhile. */
  const tryUntilSettled = async (event: BrokeredEvent, service: string, delivery: DeliverySpec) => {
    for (let attempt = 0; ; attempt++) {
      const result = await limiterOf(service)(() => attemptOnce(event, service, delivery));
      if (result === undefined || result.outcome !== 'retry' || attempt >= delivery.retry) return result;
      const waited = sleep(backoffMs(delivery, attempt), true, { signal: ending.signal }).catch(() => false);
      if (!(await waited)) return undefined;
    }
  };

  const attemptOnce = async (event: BrokeredEvent, service: string, { timeoutMs }: DeliverySpec) => {
    if (ending.signal.aborted) return undefined;
    const attempt = options.locate(service).then(
      (destination) => deliver(event, destination, timeoutMs),
      (error: unknown): Attempt => ({ outcome: 'retry', status: 500, body: Buffer.from(String(error)) }),
    );
    attempts.add(attempt);
    return attempt.finally(() => attempts.delete(attempt));
  };

  const limiterOf = (service: string) => {
    const limiter = limiters.get(service) ?? createLimiter(options.concurrencyOf(service));
    limiters.set(service, limiter);
    return limiter;
  };

  const ingress = createBootServer((request, response) => {
    void takeIn(request, path).then(
      (event) => {
        if (event !== undefined) accept(event);
        response.writeHead(202).end();
      },
      (error: unknown) => refuse(response, error),
    );
  });
  const port = await ingress.listen({ port: 0, host: '127.0.0.1' });

  const drain = async (graceMs: number) => {
    ending.abort();
    const grace = sleep(graceMs, undefined, { ref: false });
    await Promise.race([grace, Promise.all([ingress.drain(graceMs), ...attempts])]);
  };
  return {
    url: `http://127.0.0.1:${port}${path}`,
    get underway() {
      return underway.size + ingress.inFlight;
    },
    drain,
    [Symbol.asyncDispose]: () => drain(0),
  };
}

function matches({ filter }: TriggerSpec, { attributes }: BrokeredEvent): boolean {
  return Object.entries(filter).every(([name, value]) => attributes[name] === value);
}

/** The wait before the attempt after `attempt`, which counts from 0, as Knative computes it: the first linear one is none. */
function backoffMs({ backoffPolicy, backoffDelayMs }: DeliverySpec, attempt: number): number {
  return backoffPolicy === 'exponential' ? backoffDelayMs * 2 ** attempt : backoffDelayMs * attempt;
}

/** @throws event/invalid, input/too-large, resource/not-found */
async function takeIn(request: IncomingMessage, path: string): Promise<BrokeredEvent | undefined> {
  if (request.url !== path) throw new DarkroomError('resource/not-found', 'There is no such broker');
  if (request.method !== 'POST') throw new DarkroomError('event/invalid', 'Events are posted');
  return readEvent({ headers: request.headers, body: await readBody(request) });
}

function refuse(response: ServerResponse, error: unknown): void {
  const problem = toProblem(error);
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify(problem));
}
