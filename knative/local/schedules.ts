import { readFile, rename, writeFile } from 'node:fs/promises';
import { Cron } from 'croner';
import { z } from 'zod';
import { pingType } from '#shared/events/catalogue.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ScheduleSpec } from './topology.ts';

/** The schedules of the topology, with one timer. Missed ticks are sent as one at the start. */
export interface Schedules {
  /** When the next tick is due, of all schedules or those that match `isWanted`; undefined if there is none. */
  nextAtMs(isWanted?: (schedule: string | undefined) => boolean): number | undefined;
  stop(): void;
}

export interface SchedulesOptions {
  specs: readonly ScheduleSpec[];
  /** The file with the time of each schedule's last tick. */
  file: string;
  /** The address of the Broker. */
  sink: string;
  onError: (error: unknown) => void;
}

const longestTimerMs = 2_147_483_647;
const lastTicks = z.record(z.string(), z.number());

/** @see Knative Eventing, PingSource */
export async function startSchedules({ specs, file, sink, onError }: SchedulesOptions): Promise<Schedules> {
  const crons = specs.map((spec) => ({
    spec,
    cron: new Cron(spec.cron, { mode: '5-part', ...(spec.timeZone === undefined ? {} : { timezone: spec.timeZone }) }),
  }));
  const ticked = await readTicks(file);
  const isNew = crons.some(({ spec }) => ticked[spec.name] === undefined);
  for (const { spec } of crons) ticked[spec.name] ??= Date.now();
  if (isNew) await writeTicks(file, ticked);
  let timer: NodeJS.Timeout | undefined;
  let hasStopped = false;

  const nextOf = ({ spec, cron }: (typeof crons)[number]) => cron.nextRun(new Date(ticked[spec.name] ?? Date.now()));
  const nextAtMs: Schedules['nextAtMs'] = (isWanted = () => true) => {
    const wanted = crons.filter(({ spec }) => isWanted(spec.extensions['schedule']));
    const times = wanted.map((it) => nextOf(it)?.getTime()).filter((it) => it !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  };

  const tickAll = async () => {
    const now = Date.now();
    for (const it of crons) {
      const due = nextOf(it);
      if (due === null || due.getTime() > now) continue;
      await tick(sink, it.spec, due);
      // Written before `ticked` changes: once the next tick is far away, the app may end and start again at once.
      await writeTicks(file, { ...ticked, [it.spec.name]: now });
      ticked[it.spec.name] = now;
    }
  };
  const arm = () => {
    const nextMs = nextAtMs();
    if (nextMs === undefined || hasStopped) return;
    const delayMs = Math.max(0, nextMs - Date.now());
    timer = setTimeout(() => void run(), Math.min(delayMs, longestTimerMs));
  };
  const run = async () => {
    try {
      await tickAll();
      arm();
    } catch (error) {
      // The tick is retried at the next start.
      onError(error);
    }
  };
  arm();
  return {
    nextAtMs,
    stop() {
      hasStopped = true;
      clearTimeout(timer);
    },
  };
}

async function tick(sink: string, { name, contentType, data, extensions }: ScheduleSpec, due: Date): Promise<void> {
  const headers = {
    'content-type': contentType,
    'ce-specversion': '1.0',
    'ce-id': `${name}:${due.toISOString()}`,
    'ce-type': pingType,
    'ce-source': `/apis/v1/namespaces/darkroom/pingsources/${name}`,
    'ce-time': new Date().toISOString(),
    ...Object.fromEntries(Object.entries(extensions).map(([extension, value]) => [`ce-${extension}`, value])),
  };
  const response = await fetch(sink, { method: 'POST', headers, body: data });
  await response.body?.cancel();
  if (!response.ok) throw new DarkroomError('event/not-accepted', `The broker answered ${response.status} to a tick`);
}

async function readTicks(file: string): Promise<Record<string, number>> {
  try {
    return lastTicks.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

async function writeTicks(file: string, ticks: Record<string, number>): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(ticks));
  await rename(`${file}.new`, file);
}
