import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Config } from '#shared/config/config.ts';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { commitLater } from '#shared/db/commit-later.ts';
import type { Db } from '#shared/db/db.ts';
import { isWorkOpen, queuePendingStages, reclaimStages, unqueueStages } from '#shared/stages/stage-lane.ts';
import {
  claimAcknowledged,
  claimOutbox,
  deleteOutbox,
  releaseOutbox,
  type OutboxEvent,
} from '#shared/outbox/outbox.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import type { Publish } from '#shared/events/publish.ts';
import type { Log } from '#shared/log/log.ts';
import { objectSeconds } from './hold-object.ts';
import { wakeEvent } from './stage-events.ts';

export interface RelayPorts {
  db: Db;
  publish: Publish;
  log: Log;
  config: Pick<Config, 'DARKROOM_QUEUE_CAP' | 'DARKROOM_LEASE_SECONDS' | 'DARKROOM_MAX_ATTEMPTS'>;
}

export interface Relay {
  /**
   * Starts a round that sends pending stages and events; many concurrent calls cause one or two rounds. Never fails.
   */
  kick(): void;
  /**
   * Like `kick`, and first reclaims stages whose event or holder was lost; resolves at the end of the round. Never
   * fails.
   */
  look(): Promise<void>;
  /** Calls `look` in two seconds, after the request that started this process was answered. */
  lookSoon(): void;
  /** Resolves when no round is running. */
  settled(): Promise<void>;
  /** Calls `look` a last time and stops the timer. */
  end(): Promise<void>;
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

/** Minimum time between two rounds, so that during many uploads one round serves many. */
const roundEveryMs = 100;
/** How often a process looks for lost stages while any work is open. */
const lookEveryMs = 15_000;
const lookSoonMs = 2000;

/**
 * Announces pending stages up to the cap, and the events of the outbox, after the commit that wrote them. While any
 * work is open it looks for lost stages regularly; otherwise it has no timer and sends no query.
 */
function startRelay(ports: RelayPorts): Relay {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isLookWanted = false;
  let hasEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const lookAfter = (ms: number) => {
    if (hasEnded) return;
    clearTimeout(timer);
    timer = setTimer(() => {
      timer = undefined;
      void look();
    }, ms);
    timer.unref();
  };
  const round = async () => {
    const isLook = isLookWanted;
    isLookWanted = false;
    if (isLook) await reclaimLost(ports);
    const sent = await relayOnce(ports);
    if (timer === undefined && (sent > 0 || (await isWorkOpen(ports.db)))) lookAfter(lookEveryMs);
  };
  const run = async () => {
    do {
      isAskedAgain = false;
      try {
        await round();
      } catch (error) {
        ports.log.warn({ err: toDarkroomError(error) }, 'relay round failed, will retry');
        if (timer === undefined) lookAfter(lookEveryMs);
      }
      await setTimeout(roundEveryMs);
    } while (isAskedAgain);
    running = undefined;
  };
  const kick = () => {
    if (running === undefined) running = run();
    else isAskedAgain = true;
  };
  const look = async () => {
    isLookWanted = true;
    kick();
    await running;
  };
  return {
    kick,
    look,
    lookSoon: () => lookAfter(lookSoonMs),
    settled: () => running ?? Promise.resolve(),
    async end() {
      hasEnded = true;
      clearTimeout(timer);
      await look();
    },
  };
}

/** An event counts as lost if no function has taken it for this long and no stage of the same name made progress. */
const quietSeconds = 25;

/** Finds stages whose event or holder was lost. Writes nothing when there are none. */
export async function reclaimLost(
  { db, config }: { db: Db; config: Pick<Config, 'DARKROOM_LEASE_SECONDS' | 'DARKROOM_MAX_ATTEMPTS'> },
  onlyHolder?: string,
): Promise<{ pending: number; failed: number }> {
  const { DARKROOM_LEASE_SECONDS: leaseSeconds, DARKROOM_MAX_ATTEMPTS: maxAttempts } = config;
  return reclaimStages(db, { quietSeconds, leaseSeconds, maxAttempts, onlyHolder });
}

const outboxBatch = 100;
const outboxRetrySeconds = 60;

/**
 * One round of the relay. Returns how many events it sent. Its commits may be lost in a power cut; then the events are
 * sent again.
 * @throws event/not-accepted
 */
export function relayOnce(ports: RelayPorts): Promise<number> {
  return commitLater(async () => (await relayStages(ports)) + (await relayFacts(ports)) + (await relayObjects(ports)));
}

async function relayStages({ db, publish, config }: RelayPorts): Promise<number> {
  const { DARKROOM_QUEUE_CAP: cap, DARKROOM_LEASE_SECONDS: leaseSeconds } = config;
  const stages = await queuePendingStages(db, { cap, leaseSeconds });
  crashPoint('relay/after-queue');
  const events = new Map(stages.map((it) => [wakeEvent(it.stage, it, `relay:${it.stage}`), it]));
  await publishAll(publish, [...events.keys()], async (left) => {
    await unqueueStages(
      db,
      left.flatMap((it) => events.get(it) ?? []),
    );
  });
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

/** These events stay until `ingest` deletes them: a broker may lose accepted events. */
async function relayObjects({ db, publish, config }: RelayPorts): Promise<number> {
  const events = (await claimAcknowledged(db, config.DARKROOM_QUEUE_CAP, objectSeconds)).map(toEvent);
  await publishAll(publish, events, (left) => releaseOutbox(db, idsOf(left)));
  return events.length;
}

/** If publishing fails, only the events that were not accepted are put back, so that the others are not sent twice. */
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
