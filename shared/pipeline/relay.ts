import { setTimeout } from 'node:timers/promises';
import type { Config } from '#shared/config/config.ts';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { commitLater } from '#shared/db/commit-later.ts';
import type { Db } from '#shared/db/db.ts';
import { queuePendingStages, unqueueStages } from '#shared/db/queries/stage-queue.ts';
import {
  claimAcknowledged,
  claimOutbox,
  deleteOutbox,
  releaseOutbox,
  type OutboxEvent,
} from '#shared/db/queries/outbox.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import type { Publish } from '#shared/events/publish.ts';
import type { Log } from '#shared/log/log.ts';
import { wakeEvent } from './stage-events.ts';

export interface RelayPorts {
  db: Db;
  publish: Publish;
  log: Log;
  config: Pick<Config, 'DARKROOM_QUEUE_CAP'>;
}

export interface Relay {
  /** Sends what is waiting soon; many calls at once come to one or two runs. Never fails. */
  kick(): void;
  /** Resolves when no run is under way. */
  settled(): Promise<void>;
}

const relays = new WeakMap<Db, Relay>();

/** The relay of a database: all functions of one process share it. */
export function createRelay(ports: RelayPorts): Relay {
  const known = relays.get(ports.db);
  if (known !== undefined) return known;
  const relay = startRelay(ports);
  relays.set(ports.db, relay);
  return relay;
}

/** Rounds are at least this far apart: while photos pour in, one round serves many. */
const roundEveryMs = 100;

/** Announces pending stages as far as the cap allows, and the events of the outbox, after the commit that wrote them. */
function startRelay(ports: RelayPorts): Relay {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async () => {
    do {
      isAskedAgain = false;
      try {
        await relayOnce(ports);
      } catch (error) {
        ports.log.warn({ err: toDarkroomError(error) }, 'relay did not get through; the next one will');
      }
      await setTimeout(roundEveryMs);
    } while (isAskedAgain);
    running = undefined;
  };
  return {
    kick() {
      if (running === undefined) running = run();
      else isAskedAgain = true;
    },
    settled: () => running ?? Promise.resolve(),
  };
}

const outboxBatch = 100;
const outboxRetrySeconds = 60;
/** As long as a stage may stay queued. */
const acknowledgeSeconds = 15 * 60;

/** One round of the relay. Returns how many events it sent; what a power cut takes of it is sent again. @throws event/not-accepted */
export function relayOnce(ports: RelayPorts): Promise<number> {
  return commitLater(async () => (await relayStages(ports)) + (await relayFacts(ports)) + (await relayObjects(ports)));
}

async function relayStages({ db, publish, config }: RelayPorts): Promise<number> {
  const stages = await queuePendingStages(db, config.DARKROOM_QUEUE_CAP);
  crashPoint('relay/after-queue');
  const events = new Map(stages.map((it) => [wakeEvent(it.stage, it, `relay:${it.stage}`), it]));
  await publishAll(publish, [...events.keys()], async (left) => {
    await unqueueStages(db, left.flatMap((it) => events.get(it) ?? []));
  }); // prettier-ignore
  return stages.length;
}

async function relayFacts({ db, publish }: RelayPorts): Promise<number> {
  const events = (await claimOutbox(db, outboxBatch, outboxRetrySeconds)).map(toEvent);
  const accepted: DarkroomEvent[] = [];
  try {
    await publish(events, { onAccepted: (event) => accepted.push(event) });
  } catch (error) {
    await deleteOutbox(db, idsOf(accepted));
    throw error;
  }
  await deleteOutbox(db, idsOf(events));
  return events.length;
}

/** They stay until `ingest` deletes them: a broker may lose what it has accepted. */
async function relayObjects({ db, publish, config }: RelayPorts): Promise<number> {
  const events = (await claimAcknowledged(db, config.DARKROOM_QUEUE_CAP, acknowledgeSeconds)).map(toEvent);
  await publishAll(publish, events, (left) => releaseOutbox(db, idsOf(left)));
  return events.length;
}

/** What was accepted is under way, whatever becomes of the rest: only that is put back, or it would all be sent again. */
async function publishAll(
  publish: Publish,
  events: readonly DarkroomEvent[],
  putBack: (left: DarkroomEvent[]) => Promise<void>,
): Promise<void> {
  const left = new Set(events);
  try {
    await publish(events, { onAccepted: (event) => left.delete(event) });
  } catch (error) {
    await putBack([...left]);
    throw error;
  }
}

function toEvent(event: OutboxEvent & { createdAt: Date }): DarkroomEvent {
  return { ...event, time: event.createdAt.toISOString() } as unknown as DarkroomEvent;
}

function idsOf(events: readonly DarkroomEvent[]): string[] {
  return events.map((event) => event.id);
}
