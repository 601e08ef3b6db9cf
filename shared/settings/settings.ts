import { isDeepStrictEqual } from 'node:util';
import type { Db } from '#shared/db/db.ts';
import { defaultSettings } from './default-settings.ts';
import { settingsSchema, type Settings, type SettingsOverrides } from './settings-schema.ts';
import { findSystemMetadata, putSystemMetadata } from './system-metadata.ts';

/** How long a process uses the settings that it read; it reads them only on a request. */
const validMs = 2_000;

type Fields = Record<string, unknown>;

/** Reads the settings: stored values override the defaults, the environment overrides both. @throws db/unavailable */
export async function readSettings(db: Db, environment: SettingsOverrides): Promise<Settings> {
  const stored = await findSystemMetadata(db, 'system-config');
  return parseSettings([isFields(stored) ? stored : {}, environment]);
}

/** The returned function reads the settings again if the last read was two seconds ago or earlier. */
export function createSettingsReader(db: Db, environment: SettingsOverrides): () => Promise<Settings> {
  let reading: Promise<Settings> | undefined;
  let readAtMs = -Infinity;
  return () => {
    if (reading !== undefined && performance.now() - readAtMs < validMs) return reading;
    readAtMs = performance.now();
    const read = readSettings(db, environment);
    reading = read;
    read.catch(() => {
      if (reading === read) reading = undefined;
    });
    return read;
  };
}

/** Stores the differences from the defaults; fields that the environment sets cannot be changed and are left out. */
export async function saveSettings(db: Db, settings: Settings, environment: SettingsOverrides): Promise<void> {
  const changed = differenceOf(settings, merge(defaultSettings, environment));
  await putSystemMetadata(db, 'system-config', changed ?? {});
}

/** A stored field that is invalid in this version has its default; an unknown field is left out. */
function parseSettings(layers: readonly Fields[]): Settings {
  let settings: unknown = layers.reduce<Fields>(merge, defaultSettings);
  for (;;) {
    const parsed = settingsSchema.safeParse(settings);
    if (parsed.success) return parsed.data;
    for (const { path } of parsed.error.issues) settings = withDefaultAt(settings, path, defaultSettings);
  }
}

function withDefaultAt(settings: unknown, [name, ...rest]: readonly PropertyKey[], defaults: unknown): unknown {
  if (name === undefined || !isFields(settings) || !isFields(defaults)) return defaults;
  const field = String(name);
  const { [field]: value, ...others } = settings;
  const restored = withDefaultAt(value, rest, defaults[field]);
  // An optional field without a default is left out.
  return restored === undefined ? others : { ...others, [field]: restored };
}

/** Overrides fields with others: objects field by field, other values as a whole. */
function merge(below: Fields, above: Fields): Fields {
  const merged: Fields = { ...below };
  for (const [name, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = below[name];
    merged[name] = isFields(under) && isFields(value) ? merge(under, value) : value;
  }
  return merged;
}

function differenceOf(settings: Fields, base: Fields): Fields | undefined {
  const found = Object.entries(settings).flatMap(([name, value]) => {
    const under = base[name];
    const different = isFields(value) && isFields(under) ? differenceOf(value, under) : value;
    return different === undefined || isDeepStrictEqual(value, under) ? [] : [[name, different] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
