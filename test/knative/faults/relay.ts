import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ask, findDestination, type Answered, type ServiceDestination } from '../ask.ts';
import { sleep } from './fault-lab.ts';

export interface DisorderlyRelay extends AsyncDisposable {
  urlOf(service: string): string;
  /** Deliveries from the Broker, including retries. */
  readonly taken: number;
  /** Additional copies that were sent. */
  readonly copies: number;
  /** How often functions answered with each status. */
  readonly answers: Map<string, number>;
  /** Resolves when no copy is under way. */
  settled(): Promise<void>;
}

const heldMsMax = 4000;
const copyHeldMsMax = 15_000;

/**
 * A receiver between Broker and functions that delays every event by a random time, and sends a copy after another one:
 * each event is delivered at least twice, in a random order. The response goes back to the Broker; a reply to the copy is
 * posted to it, as Knative does.
 */
export async function startDisorderlyRelay(
  host: string,
  services: readonly string[],
  broker: string,
): Promise<DisorderlyRelay> {
  const destinations = new Map<string, ServiceDestination>();
  for (const service of services) destinations.set(service, await findDestination(service));
  const counts = { taken: 0, copies: 0 };
  const answers = new Map<string, number>();
  const copies = new Set<Promise<void>>();

  const deliver = async (service: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answered> => {
    const destination = destinations.get(service);
    if (destination === undefined) throw new Error(`no ${service}`);
    const answered = await ask(destination, { method: 'POST', headers, body, timeoutMs: 300_000 });
    const name = `${service.replace('darkroom-', '')} ${answered.status}`;
    answers.set(name, (answers.get(name) ?? 0) + 1);
    return answered;
  };
  const copy = async (service: string, headers: IncomingHttpHeaders, body: Buffer) => {
    await sleep(Math.random() * copyHeldMsMax);
    counts.copies += 1;
    const { status, headers: answerHeaders, body: reply } = await deliver(service, headers, body);
    if (status !== 200 || answerHeaders['ce-type'] === undefined) return;
    await fetch(broker, { method: 'POST', headers: pickEvent(answerHeaders), body: reply });
  };
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    counts.taken += 1;
    const service = (request.url ?? '/').slice(1);
    const headers = pickEvent(request.headers);
    const body = await buffer(request);
    const copying = copy(service, headers, body).catch(() => {});
    copies.add(copying);
    void copying.then(() => copies.delete(copying));
    await sleep(Math.random() * heldMsMax);
    const answered = await deliver(service, headers, body);
    if (answered.status === 0) response.destroy();
    else response.writeHead(answered.status, pickEvent(answered.headers)).end(answered.body);
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, host);
  await once(server, 'listening');
  const settled = async () => {
    while (copies.size > 0) await Promise.all(copies);
  };
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (service) => `http://${host}:${port}/${service}`,
    get taken() {
      return counts.taken;
    },
    get copies() {
      return counts.copies;
    },
    answers,
    settled,
    async [Symbol.asyncDispose]() {
      await settled();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The headers of the event, without those of the connection. */
function pickEvent(headers: IncomingHttpHeaders): Record<string, string> {
  const isOfEvent = (name: string) => name.startsWith('ce-') || name === 'content-type' || name === 'traceparent';
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      isOfEvent(name) && typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}
