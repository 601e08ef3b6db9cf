import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a client may go on sending a body that has been answered already. */
const lingerMs = 10_000;

/**
 * Lets a client that writes its whole body before it reads hear an answer that was given meanwhile: the rest of the body
 * is read and thrown away for ten seconds. A connection that is closed with bytes unread is reset, and the reset
 * overtakes the answer.
 * @see RFC 9112, section 9.6
 */
export function readOn({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // A request that was injected has no socket.
  if (!(socket instanceof Socket) || raw.complete || !hasBody(raw)) return;
  // Fastify asks for the connection to be closed after a body that is too large.
  reply.removeHeader('connection');
  const closeNow = socket.destroySoon.bind(socket);
  // Node calls this after the answer to a client that asked for the connection to be closed.
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
