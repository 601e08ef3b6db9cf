import { HTTP, type CloudEvent } from 'cloudevents';
import { DarkroomError, toDarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';
import { catalogue, pingType, type DarkroomEvent, type EventType } from './catalogue.ts';
import { decodeHeaderValue } from './header-value.ts';
import { toHeaders } from './publish.ts';

export interface EventRequest {
  /** Of HTTP; POST if not given. */
  method?: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface EventReply {
  status: number;
  headers: Record<string, string>;
  body?: string;
}

/** Handles an HTTP request of the Broker and returns the response. */
export type EventHandler = (request: EventRequest, signal: AbortSignal) => Promise<EventReply>;

/** The result of a handler; `busy`: another attempt holds the lease. */
export type Outcome = { outcome: 'done'; reply?: DarkroomEvent } | { outcome: 'busy' };

export const done: Outcome = { outcome: 'done' };

type AnyEvent = DarkroomEvent | PingEvent;
export interface PingEvent {
  type: typeof pingType;
  id: string;
  /** Extension that distinguishes PingSources, set by their `ceOverrides`. */
  schedule?: string;
}
type EventOf<T> = T extends typeof pingType ? PingEvent : T extends EventType ? DarkroomEvent<T> : never;

/**
 * Receives events: checks the envelope, the type and the data, runs `handle`, and answers with the status by which
 * Knative retries or not: 204 or 200 with a reply event when done, 409 while another attempt holds the lease, 503 when
 * the database or store is unavailable, 429 when overloaded, 400 for an event that cannot be parsed.
 * @see Knative Eventing, data plane specification
 */
export function receive<T extends EventType | typeof pingType>(
  types: readonly T[],
  log: Log,
  handle: (event: EventOf<T>, signal: AbortSignal) => Promise<Outcome>,
): EventHandler {
  return answering(log, async (request, signal) => {
    const outcome = await handle(parseEvent(request, types) as EventOf<T>, signal);
    if (outcome.outcome === 'busy') return problem(new DarkroomError('stage/busy'));
    if (outcome.reply === undefined) return { status: 204, headers: {} };
    return { status: 200, headers: toHeaders(outcome.reply), body: JSON.stringify(outcome.reply.data) };
  });
}

/** Receives events of the dead letter sink, which accepts every valid CloudEvent. */
export function receiveAny(
  log: Log,
  handle: (event: CloudEvent<unknown>, signal: AbortSignal) => Promise<void>,
): EventHandler {
  return answering(log, async (request, signal) => {
    await handle(parseEnvelope(request), signal);
    return { status: 204, headers: {} };
  });
}

function answering(log: Log, handle: EventHandler): EventHandler {
  return async (request, signal) => {
    try {
      return await handle(request, signal);
    } catch (thrown) {
      const error = toDarkroomError(thrown);
      log.warn({ err: error, ceId: request.headers['ce-id'], ceType: request.headers['ce-type'] }, 'event not handled');
      return problem(error);
    }
  };
}

function problem(error: DarkroomError): EventReply {
  const body = toProblem(error);
  return {
    status: knativeStatus(error),
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
  };
}

/**
 * Knative retries 404, 408, 409, 429 and 5xx; every other status is final. A retryable failure must have one of these.
 */
function knativeStatus(error: DarkroomError): number {
  if (!error.retry) return 400;
  return [409, 429, 500].includes(error.status) ? error.status : 503;
}

/** @throws event/invalid */
function parseEvent(request: EventRequest, types: readonly string[]): AnyEvent {
  const event = parseEnvelope(request);
  if (!types.includes(event.type)) throw new DarkroomError('event/invalid', `This function takes no ${event.type}`);
  if (event.type === pingType) return { type: pingType, id: event.id, ...scheduleOf(event) };
  const entry = catalogue[event.type as EventType];
  const data = entry.data.safeParse(event.data);
  if (!data.success)
    throw new DarkroomError('event/invalid', `The data of ${event.type} is not of its schema`, { cause: data.error });
  return {
    id: event.id,
    type: event.type as EventType,
    source: decodeHeaderValue(event.source),
    subject: decodeHeaderValue(event.subject ?? ''),
    time: event.time ?? new Date().toISOString(),
    data: data.data,
    ...traceOf(request),
  };
}

function scheduleOf({ schedule }: CloudEvent<unknown>): { schedule?: string } {
  return typeof schedule === 'string' ? { schedule } : {};
}

/** @throws event/invalid */
export function parseEnvelope({ headers, body }: EventRequest): CloudEvent<unknown> {
  try {
    const parsed = HTTP.toEvent<unknown>({ headers: { ...headers }, body: body.toString('utf8') });
    if (Array.isArray(parsed)) throw new Error('a batch is not one event');
    const event = parsed as CloudEvent<unknown>;
    event.validate();
    // The SDK replaces an invalid time by the current one.
    const time = headers['ce-time'];
    if (typeof time === 'string' && Number.isNaN(Date.parse(time))) throw new Error(`ce-time ${time} is not a time`);
    if (event.specversion !== '1.0') throw new Error(`specversion ${event.specversion} is not 1.0`);
    return event;
  } catch (cause) {
    throw new DarkroomError('event/invalid', cause instanceof Error ? cause.message : undefined, { cause });
  }
}

function traceOf({ headers }: EventRequest): { traceparent?: string } {
  const trace = headers['ce-traceparent'] ?? headers['traceparent'];
  return typeof trace === 'string' && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(trace)
    ? { traceparent: trace }
    : {};
}
