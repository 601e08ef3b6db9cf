import type { Socket } from 'node:net';

/** An accepted connection from which nothing has been read. The door keeps it until an app has read from it. */
interface HeldConnection {
  readonly id: number;
  readonly socket: Socket;
  /** How many apps ended after they got it. */
  tries: number;
}

const triesMax = 3;
const lingerMs = 2000;

/** Accepted connections from which no app has read. */
export class HeldConnections {
  readonly #holdMs: number;
  readonly #reasonOf: () => string;
  #nextId = 0;
  /** Not handed to an app. */
  readonly #waiting = new Map<number, HeldConnection>();
  /** Handed to the app, which has not reported that it read from them. */
  readonly #handedOver = new Map<number, HeldConnection>();

  /** After `holdMs` a waiting connection gets a 503 with the current reason. */
  constructor(holdMs: number, reasonOf: () => string) {
    this.#holdMs = holdMs;
    this.#reasonOf = reasonOf;
  }

  /** Number of connections that wait for an app. */
  get waiting(): number {
    return this.#waiting.size;
  }

  hold(socket: Socket): void {
    socket.on('error', () => {});
    const held = { id: this.#nextId++, socket, tries: 0 };
    this.#waiting.set(held.id, held);
    setTimeout(() => this.#refuse(held), this.#holdMs).unref();
  }

  /**
   * Gives all waiting connections to an app. The door keeps its copy open, for the case that the app ends before it
   * reads.
   */
  handOver(give: (id: number, socket: Socket) => void): void {
    for (const held of this.#waiting.values()) {
      this.#waiting.delete(held.id);
      this.#handedOver.set(held.id, held);
      give(held.id, held.socket);
    }
  }

  /** The app has read from the connection: no other app can serve it any more. */
  release(id: number): void {
    this.#handedOver.get(id)?.socket.destroy();
    this.#handedOver.delete(id);
  }

  /** Requeues connections that the ended app never read from, except those that seem to have caused its end. */
  takeBack(): void {
    for (const held of this.#handedOver.values()) {
      this.#handedOver.delete(held.id);
      held.tries += 1;
      this.#waiting.set(held.id, held);
      if (held.tries >= triesMax) this.#refuse(held);
    }
  }

  /** Answers 503 on every waiting connection. */
  refuseAll(reason = this.#reasonOf()): void {
    for (const held of this.#waiting.values()) this.#refuse(held, reason);
  }

  #refuse(held: HeldConnection, reason = this.#reasonOf()): void {
    if (this.#waiting.delete(held.id)) answerUnavailable(held.socket, reason);
  }
}

/** Answers a connection that no app can serve, in the format of Immich's errors. */
function answerUnavailable(socket: Socket, message: string): void {
  const body = JSON.stringify({ message, error: 'Service Unavailable', statusCode: 503 });
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    'connection: close',
    'retry-after: 5',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  // Reads the client's data to its end: closing with unread bytes would reset the connection and lose the response.
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
