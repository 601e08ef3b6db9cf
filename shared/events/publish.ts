import { DarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from './catalogue.ts';
import { encodeHeaderValue } from './header-value.ts';

/**
 * Sends events to the Broker; resolves when all were accepted. After the first one that is not accepted no further one
 * is sent, and it rejects when the running requests have ended.
 * @throws event/not-accepted
 */
export type Publish = (events: readonly DarkroomEvent[], options?: PublishingOptions) => Promise<void>;

export interface PublishingOptions {
  /** Called for each event that the Broker has accepted, also if others fail. */
  onAccepted?: (event: DarkroomEvent) => void;
}

export interface PublishOptions {
  /** The Broker's address. */
  sink: string;
  timeoutMs?: number;
  /** Maximum number of concurrent requests. */
  concurrency?: number;
}

/**
 * Sends CloudEvents in binary mode with fetch and checks each status: the SDK's own transport treats a 503 as success.
 * @see CloudEvents HTTP Protocol Binding 1.0.2, section 3.1
 */
export function createPublish({ sink, timeoutMs = 30_000, concurrency = 8 }: PublishOptions): Publish {
  return async (events, { onAccepted } = {}) => {
    const waiting = [...events];
    const send = async () => {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
        try {
          await sendEvent(sink, event, timeoutMs);
        } catch (error) {
          waiting.length = 0;
          throw error;
        }
        onAccepted?.(event);
      }
    };
    const senders = Array.from({ length: Math.min(concurrency, waiting.length) }, send);
    for (const sender of await Promise.allSettled(senders)) if (sender.status === 'rejected') throw sender.reason;
  };
}

async function sendEvent(sink: string, event: DarkroomEvent, timeoutMs: number): Promise<void> {
  let response: Response;
  try {
    response = await fetch(sink, {
      method: 'POST',
      headers: toHeaders(event),
      body: JSON.stringify(event.data),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
  } catch (cause) {
    throw new DarkroomError('event/not-accepted', `The broker cannot be reached: ${describe(cause)}`, { cause });
  }
  if (response.status < 200 || response.status > 299) {
    throw new DarkroomError('event/not-accepted', `The broker answered ${response.status} to ${event.type}`);
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}

/** The headers of an event in binary mode; extensions are headers too. */
export function toHeaders(event: DarkroomEvent): Record<string, string> {
  return {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-type': event.type,
    'ce-source': encodeHeaderValue(event.source),
    'ce-subject': encodeHeaderValue(event.subject),
    'ce-time': event.time,
    ...(event.assettype === undefined ? {} : { 'ce-assettype': event.assettype }),
    ...(event.traceparent === undefined ? {} : { 'ce-traceparent': event.traceparent, traceparent: event.traceparent }),
  };
}
