import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { BrokeredEvent } from './brokered-event.ts';
import { isCloudEvent, isStructured, readEvent } from './brokered-event.ts';

/** The address of a function. */
export interface Destination {
  /** The address in dead letters. */
  url: string;
  /** Path of a Unix socket; by default the host and port of `url` are used. */
  socketPath?: string;
}

/** The result of one attempt. `retry` and `refused` have the reason for the dead letter; without a body there is none. */
export type Attempt =
  | { outcome: 'delivered'; reply?: BrokeredEvent }
  | { outcome: 'retry' | 'refused'; status: number; body?: Buffer; refusedBy?: 'broker' };

const agent = new Agent({ keepAlive: true });
const maxAnswerBytes = 1_048_576;
const retried = new Set([404, 408, 409, 429]);

/** Posts the event once and classifies the response as Knative's broker does. Never throws. @see Knative Eventing, data plane specification */
export async function deliver(
  event: BrokeredEvent,
  destination: Destination,
  timeoutMs: number | undefined,
): Promise<Attempt> {
  try {
    const { response, body } = await post(event, destination, timeoutMs);
    return judge(event, response, body);
  } catch (error) {
    return { outcome: 'retry', status: 500, body: Buffer.from(`dispatch error: ${describe(error)}`) };
  }
}

async function post(event: BrokeredEvent, { url, socketPath }: Destination, timeoutMs: number | undefined) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...event.headers, 'content-length': event.body.length, prefer: 'reply' };
    const options = {
      method: 'POST',
      headers,
      agent,
      ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
      ...(socketPath === undefined ? {} : { socketPath }),
    };
    httpRequest(url, options, resolve).on('error', reject).end(event.body);
  });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw new Error('the response is larger than 1 MiB');
    chunks.push(chunk);
  }
  return { response, body: Buffer.concat(chunks) };
}

function judge(event: BrokeredEvent, response: IncomingMessage, body: Buffer): Attempt {
  const status = response.statusCode ?? 500;
  if (status >= 500 || retried.has(status)) return { outcome: 'retry', status, body };
  if (status < 200 || status > 299) return { outcome: 'refused', status, body };
  if (!isCloudEvent(response.headers)) {
    return body.length === 0 ? { outcome: 'delivered' } : { outcome: 'retry', status: 502 };
  }
  try {
    const reply = readEvent({ headers: response.headers, body }, event);
    return reply === undefined ? { outcome: 'delivered' } : { outcome: 'delivered', reply };
  } catch (error) {
    // Knative's filter fails on an unreadable reply, and its ingress rejects an invalid event.
    if (isStructured(response.headers)) return { outcome: 'retry', status: 502 };
    return { outcome: 'refused', status: 400, body: Buffer.from(describe(error)), refusedBy: 'broker' };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
