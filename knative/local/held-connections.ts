import type { Socket } from 'node:net';

/** An accepted connection of which nothing has been read. The door keeps it until an app has read from it. */
interface HeldConnection {
  readonly id: number;
  readonly socket: Socket;
  /** Apps that died with it. */
  tries: number;
}

const triesMax = 3;
const lingerMs = 2000;

/** The connections that the door has accepted and no app has read from. */
export class HeldConnections {
  readonly #holdMs: number;
  readonly #reasonOf: () => string;
  #nextId = 0;
  /** Nobody has them. */
  readonly #waiting = new Map<number, HeldConnection>();
  /** The app was given them and has not said that it read from them. */
  readonly #handedOver = new Map<number, HeldConnection>();

  /** After `holdMs` a connection that still waits is answered 503 with the reason of that moment. */
  constructor(holdMs: number, reasonOf: () => string) {
    this.#holdMs = holdMs;
    this.#reasonOf = reasonOf;
  }

  /** How many wait for an app. */
  get waiting(): number {
    return this.#waiting.size;
  }

  hold(socket: Socket): void {
    socket.on('error', () => {});
    const held = { id: this.#nextId++, socket, tries: 0 };
    this.#waiting.set(held.id, held);
    setTimeout(() => this.#refuse(held), this.#holdMs).unref();
  }

  /** Gives every one that waits to an app. The own copy stays open: an app that dies before it reads leaves it whole. */
  handOver(give: (id: number, socket: Socket) => void): void {
    for (const held of this.#waiting.values()) {
      this.#waiting.delete(held.id);
      this.#handedOver.set(held.id, held);
      give(held.id, held.socket);
    }
  }

  /** The app has read from it: nobody else can serve it any more. */
  release(id: number): void {
    this.#handedOver.get(id)?.socket.destroy();
    this.#handedOver.delete(id);
  }

  /** What the dead app has not read from waits for the next one, unless it seems to be what apps die of. */
  takeBack(): void {
    for (const held of this.#handedOver.values()) {
      this.#handedOver.delete(held.id);
      held.tries += 1;
      this.#waiting.set(held.id, held);
      if (held.tries >= triesMax) this.#refuse(held);
    }
  }

  /** Answers 503 to every one that waits. */
  refuseAll(reason = this.#reasonOf()): void {
    for (const held of this.#waiting.values()) this.#refuse(held, reason);
  }

  #refuse(held: HeldConnection, reason = this.#reasonOf()): void {
    if (this.#waiting.delete(held.id)) answerUnavailable(held.socket, reason);
  }
}

/** Answers a connection that no app can serve, in the words of Immich's errors. */
function answerUnavailable(socket: Socket, message: string): void {
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
