/** What tells the series of an instrument apart. Each name has few values, or a collector drowns in series. */
export type Attributes = Readonly<Record<string, string | number>>;

export interface Instrument {
  kind: 'counter' | 'histogram' | 'gauge';
  name: string;
  unit: string;
  description: string;
}

type Measure<A extends Attributes> = (value: number, attributes: A) => void;

/** Takes what is measured; it may come from any place at any time, so it must be quick and never throw. */
export type Sink = (instrument: Instrument, value: number, attributes: Attributes) => void;

let sink: Sink | undefined;

/** Where measurements go from here on; undefined lets them fall, which costs next to nothing. */
export function setSink(next: Sink | undefined): void {
  sink = next;
}

/** All instruments, for the documentation. */
export const instruments: Instrument[] = [];

function define(kind: Instrument['kind'], name: string, unit: string, description: string): Instrument {
  const instrument = { kind, name, unit, description };
  instruments.push(instrument);
  return instrument;
}

function measure(instrument: Instrument): Measure<Attributes> {
  return (value, attributes) => sink?.(instrument, value, attributes);
}

/** Records how many seconds an event took, and what the Broker was answered. */
export const recordEvent: Measure<{ function: string; type: string; outcome: string }> = measure(
  define('histogram', 'darkroom.event.duration', 's', 'Events handled, by `function`, `type` and `outcome`'),
);

/** Records how many seconds a request to the API took; `status` is a class such as `2xx`. */
export const recordRequest: Measure<{ operation: string; status: string }> = measure(
  define(
    'histogram',
    'darkroom.api.request.duration',
    's',
    'Requests to the API, by `operation` and class of `status`',
  ),
);

/** Records when a part of a cold start was over, in seconds since the process began. */
export const recordColdStart: Measure<{ function: string; phase: string }> = measure(
  define(
    'histogram',
    'darkroom.cold_start.duration',
    's',
    'From the beginning of a process until it listened, was ready, and had first answered, by `function` and `phase`',
  ),
);

/** Counts what a sweep repaired. */
export const countRepairs: Measure<{ kind: string }> = measure(
  define('counter', 'darkroom.sweep.repairs', '{repair}', 'What sweeps set going again or cleaned up, by `kind`'),
);

/** Counts originals that the nightly verification looked at, and what it found. */
export const countVerified: Measure<{ kind: string }> = measure(
  define(
    'counter',
    'darkroom.store.verified',
    '{original}',
    'Originals that the nightly verification looked at, hashed, or found missing or damaged, by `kind`',
  ),
);

/** Counts what a scan of folders found. */
export const countScanned: Measure<{ kind: string }> = measure(
  define(
    'counter',
    'darkroom.scan.files',
    '{file}',
    'What scans of folders and listings of buckets reported, by `kind`',
  ),
);

/** Counts objects of the bucket that a listing found and no notification had told of. */
export const countLostNotifications: Measure<{ bucket: string }> = measure(
  define('counter', 'darkroom.listing.lost_notifications', '{object}', 'What only a listing found, by `bucket`'),
);

/** What waits in the database, read at each export by the API and by `sweep`. */
export const gauges = {
  outboxWaiting: define('gauge', 'darkroom.outbox.waiting', '{event}', 'Events that wait to be sent or acknowledged'),
  outboxAge: define('gauge', 'darkroom.outbox.age', 's', 'Age of the oldest of them'),
  deadLetters: define(
    'gauge',
    'darkroom.dead_letters',
    '{event}',
    'Events that no retry could deliver, neither redriven nor discarded',
  ),
  stages: define('gauge', 'darkroom.stages', '{asset}', 'Assets that are not done, by `stage` and `state`'),
};
