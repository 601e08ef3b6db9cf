import { HTTP } from 'cloudevents';
import { decodeHeaderValue } from '#shared/events/header-value.ts';
import { parseEnvelope, type EventRequest } from '#shared/events/receive.ts';

/** An event in the broker: its headers in binary mode, and its unchanged data. */
export interface BrokeredEvent {
  /** The attributes that Triggers filter on. */
  attributes: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

const structuredType = 'application/cloudevents+json';
const ttlHeader = 'ce-knativebrokerttl';
const firstTtl = 255;

/**
 * Parses an event in binary or structured mode, but not its data. A reply gets the time to live of the event that it
 * answers, less one. undefined if the time to live is used up.
 * @throws event/invalid
 */
export function readEvent({ headers, body }: EventRequest, answered?: BrokeredEvent): BrokeredEvent | undefined {
  const ttl = answered === undefined ? firstTtl : Number(answered.headers[ttlHeader] ?? firstTtl) - 1;
  const event = isStructured(headers) ? toBinary({ headers, body }) : { headers: { ...headers }, body };
  parseEnvelope({ headers: { ...event.headers, 'content-type': 'application/octet-stream' }, body: Buffer.alloc(0) });
  if (ttl <= 0) return undefined;
  const kept: Record<string, string> = { [ttlHeader]: String(ttl) };
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.headers)) {
    if (typeof value !== 'string') continue;
    if (name === 'content-type' || name === 'traceparent' || name === 'tracestate') kept[name] = value;
    if (!name.startsWith('ce-') || name === ttlHeader) continue;
    kept[name] = value;
    attributes[name.slice('ce-'.length)] = decodeHeaderValue(value);
  }
  return { attributes, headers: kept, body: event.body };
}

/** True if the headers are those of an event in either mode. */
export function isCloudEvent(headers: EventRequest['headers']): boolean {
  return headers['ce-specversion'] === '1.0' || isStructured(headers);
}

export function isStructured(headers: EventRequest['headers']): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/cloudevents');
}

function toBinary(request: EventRequest): EventRequest {
  if (!String(request.headers['content-type']).startsWith(structuredType)) {
    return { headers: {}, body: Buffer.alloc(0) };
  }
  const { headers, body } = HTTP.binary(parseEnvelope(request));
  return { headers: headers, body: toBuffer(body) };
}

function toBuffer(body: unknown): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The event for the dead letter sink. @see Knative Eventing, delivery failure attributes */
export function toDeadLetter(
  event: BrokeredEvent,
  failure: { destination: string; status: number; body: Buffer | undefined },
): BrokeredEvent {
  if (failure.body === undefined) return event;
  const data = Buffer.from(failure.body.filter((byte) => byte > 31)).toString('base64');
  const headers = {
    ...event.headers,
    'ce-knativeerrordest': failure.destination,
    'ce-knativeerrorcode': String(failure.status),
    ...(data === '' ? {} : { 'ce-knativeerrordata': data.slice(0, 1024) }),
  };
  return { ...event, headers };
}
