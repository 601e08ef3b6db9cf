import { sql } from 'kysely';
import type { Db, OpenDb } from '#shared/db/db.ts';
import { isHeard } from '#shared/db/listen.ts';

const channel = 'darkroom_live';

/** A change for a user, sent to processes with open sockets. At most 7,000 bytes as JSON. */
export interface LiveMessage {
  userId: string;
  /** Name of the event that clients receive. */
  event: string;
  data?: unknown;
}

/**
 * Notifies processes with open sockets of changes, after the commit of the transaction. Sends nothing while none of
 * them listens.
 */
export async function tellLive(tx: Db, messages: readonly LiveMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const payloads = messages.map((it) => JSON.stringify(it));
  await sql`
    select pg_notify(${channel}, "payload") from unnest(${payloads}::text[]) m("payload") where (select ${isHeard(channel)})`.execute(
    tx,
  );
}

export interface LiveSubscriber {
  onMessage: (message: LiveMessage) => void;
  /** Messages may be missing: the client has to read again what it shows. */
  onGap: () => void;
}

/** Forwards messages to the sockets of this process. It listens only while there is one. */
export class Live {
  readonly #listen: OpenDb['listen'];
  readonly #subscribers = new Map<string, Set<LiveSubscriber>>();
  #listening: Promise<AsyncDisposable> | undefined;
  /** The end of the last listening: the next one begins after it, since both may share one session. */
  #ended: Promise<void> = Promise.resolve();

  constructor(listen: OpenDb['listen']) {
    this.#listen = listen;
  }

  /** Forwards the messages for a user to `subscriber` until the result is disposed. @throws db/unavailable */
  async subscribe(userId: string, subscriber: LiveSubscriber): Promise<AsyncDisposable> {
    const ofUser = this.#subscribers.get(userId) ?? new Set();
    this.#subscribers.set(userId, ofUser.add(subscriber));
    const end = async () => {
      ofUser.delete(subscriber);
      if (ofUser.size === 0 && this.#subscribers.get(userId) === ofUser) this.#subscribers.delete(userId);
      if (this.#subscribers.size > 0) return;
      const listening = this.#listening;
      this.#listening = undefined;
      const ended = this.#ended.then(async () => {
        await (await listening?.catch(() => undefined))?.[Symbol.asyncDispose]();
      });
      this.#ended = ended.catch(() => {});
      await ended;
    };
    try {
      await (this.#listening ??= this.#ended.then(() =>
        this.#listen(channel, {
          onMessage: (payload) => this.#handOn(JSON.parse(payload) as LiveMessage),
          onGap: () => this.#tellGap(),
        }),
      ));
    } catch (error) {
      await end();
      throw error;
    }
    return { [Symbol.asyncDispose]: end };
  }

  #handOn(message: LiveMessage): void {
    for (const subscriber of this.#subscribers.get(message.userId) ?? []) subscriber.onMessage(message);
  }

  #tellGap(): void {
    for (const ofUser of this.#subscribers.values()) for (const subscriber of ofUser) subscriber.onGap();
  }
}
