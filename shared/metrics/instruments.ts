/** Attributes of a measurement. Each must have few values, to limit the number of series. */
export type Attributes = Readonly<Record<string, string | number>>;

export interface Instrument {
  kind: 'counter' | 'histogram' | 'gauge';
  name: string;
  unit: string;
  description: string;
}

type Measure<A extends Attributes> = (value: number, attributes: A) => void;

/** Receives measurements. It is called synchronously by the measured code, so it must be quick and never throw. */
export type Sink = (instrument: Instrument, value: number, attributes: Attributes) => void;

let sink: Sink | undefined;

/** Sets the receiver of measurements; undefined discards them at almost no cost. */
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

/** Records how many seconds an event took; `outcome` is what the Broker does with the answer. */
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

/** Records when a phase of a cold start ended, in seconds since the start of the process. */
export const recordColdStart: Measure<{ function: string; phase: string }> = measure(
  define(
    'histogram',
    'darkroom.cold_start.duration',
    's',
    'Time from the start of a process until it listened, was ready, and had first answered, by `function` and `phase`',
  ),
);

export const countRepairs: Measure<{ kind: string }> = measure(
  define('counter', 'darkroom.sweep.repairs', '{repair}', 'Items that sweeps restarted or cleaned up, by `kind`'),
);

export const countVerified: Measure<{ kind: string }> = measure(
  define(
    'counter',
    'darkroom.store.verified',
    '{original}',
    'Originals that the nightly verification checked, hashed, or found missing or damaged, by `kind`',
  ),
);

export const countScanned: Measure<{ kind: string }> = measure(
  define(
    'counter',
    'darkroom.scan.files',
    '{file}',
    'Files reported by scans of folders and listings of buckets, by `kind`',
  ),
);

/** Counts objects of a bucket that were found by a listing without a notification. */
export const countLostNotifications: Measure<{ bucket: string }> = measure(
  define(
    'counter',
    'darkroom.listing.lost_notifications',
    '{object}',
    'Objects found by a listing without a notification, by `bucket`',
  ),
);

/** Waiting work in the database, read at each export by the API and by `sweep`. */
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
