import type { Socket } from 'node:net';

/** An accepted connection of which nothing has been read. The door keeps it until an app has read from it. */
export interface HeldConnection {
  readonly id: number;
  readonly socket: Socket;
  /** Apps that died with it. */
  tries: number;
}

const lingerMs = 2000;

/** Answers a connection that no app can serve, in the words of Immich's errors. */
export function answerUnavailable({ socket }: HeldConnection, message: string): void {
  const body = JSON.stringify({ message, error: 'Service Unavailable', statusCode: 503 });
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    'connection: close',
    'retry-after: 5',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  // What the client sends is read to its end: closing over unread bytes would reset the connection and lose the answer.
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
