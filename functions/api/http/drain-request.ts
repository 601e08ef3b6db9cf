import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a client may go on sending a body after the response. */
const lingerMs = 10_000;

/**
 * Reads and discards the rest of a body for ten seconds after the response, for clients that write the whole body before
 * they read. Closing a connection with unread bytes resets it, and the client may see the reset instead of the response.
 * @see RFC 9112, section 9.6
 */
export function drainRequest({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // An injected request has no socket.
  if (!(socket instanceof Socket) || raw.complete || !hasBody(raw)) return;
  // Fastify sets `connection: close` for a body that is too large.
  reply.removeHeader('connection');
  const closeNow = socket.destroySoon.bind(socket);
  // Node calls this after the response to a request with `connection: close`.
  socket.destroySoon = () => {
    if (raw.complete) closeNow();
    else raw.once('end', closeNow);
  };
  reply.raw.once('finish', () => {
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    raw.once('close', () => clearTimeout(timer));
    raw.resume();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
