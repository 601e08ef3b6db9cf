import { inferLikelyOffsetMinutes, type RawTags } from 'exiftool-vendored';
import { DarkroomError } from '#shared/errors/errors.ts';
import { nameOffset } from '#shared/time/time-zone.ts';
import { captureTimeTags, findTime, zoneTags } from './captured-time.ts';
import { decodeText } from './decode-text.ts';
import { closeLanes, runInLanes } from './exiftool-lanes.ts';
import type { FoundMetadata } from './normalize-metadata.ts';
import { parseDateText } from './parse-date-text.ts';
import { toText, type Tags } from './tag-values.ts';

/** Tags with a time in UTC, best first; a zone follows only from the difference to a local time. */
const clocksInUtc = ['GPSDateTime', 'DateTimeUTC', 'GPSDateStamp', 'GPSTimeStamp', 'SonyDateTime2', 'TimeStamp'];

/** The tags that are read; `#` makes exiftool return a number instead of words. */
const tagNames = [
  'ImageSize',
  'ImageWidth',
  'ImageHeight',
  'Orientation#',
  'BitsPerSample',
  'ComponentBitDepth',
  'ImagePixelDepth',
  'BitDepth',
  'ColorBitDepth',
  'ColorSpace',
  'ProfileDescription',
  'ProjectionType',
  'VideoFrameRate',
  'Make',
  'Model',
  'XML:DeviceManufacturer',
  'XML:DeviceModelName',
  'AndroidMake',
  'AndroidModel',
  'LensID',
  'LensType',
  'LensSpec',
  'LensModel',
  'FNumber',
  'FocalLength#',
  'ISO',
  'ExposureTime',
  'GPSLatitude#',
  'GPSLongitude#',
  'GPSLatitudeRef#',
  'GPSLongitudeRef#',
  'ImageDescription',
  'Description',
  'Rating',
  'TagsList',
  'HierarchicalSubject',
  'Keywords',
  'ContentIdentifier',
  'MediaGroupUUID',
  'BurstID',
  'BurstUUID',
  'CameraBurstID',
  'MediaUniqueID',
  ...captureTimeTags,
  ...zoneTags,
  ...clocksInUtc,
];

/**
 * Numbers are returned as text, since a caption of "1.0" or "true" would otherwise be changed. IPTC without a character
 * set is returned as bytes, like EXIF, and decoded here.
 */
const readArgs = [
  '-api',
  'largefilesupport=1',
  '-api',
  'keepUTCTime',
  '-api',
  'struct=1',
  '-api',
  'StructFormat=JSONQ',
  '-charset',
  'iptc=UTF8',
  ...new Set(tagNames.map((name) => `-${name}`)),
];

/**
 * Reads the tags of a file with exiftool; none for a file of an unknown format.
 * @throws input/invalid for a path that cannot be passed to exiftool; media/timeout, media/too-large and
 * media/undecodable if the file exceeds its limits or ends exiftool; internal if exiftool does not run
 */
export async function readWithExiftool(path: string): Promise<FoundMetadata> {
  if (/[\r\n\0]/.test(path)) throw new DarkroomError('input/invalid', 'The path contains a control character');
  const tags = await readTags(path);
  const time = findTime(tags);
  return { tags, ...time, inferredZone: time.inferredZone ?? compareClocks(tags) };
}

async function readTags(path: string): Promise<Tags> {
  try {
    return decodeTags(await runInLanes((tool) => tool.readRaw(path, { readArgs, useMWG: true })));
  } catch (error) {
    if (error instanceof DarkroomError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const hint = /perl/i.test(reason) ? 'it needs Perl 5 on this computer' : reason.replaceAll(path, 'the file');
    throw new DarkroomError('internal', `exiftool failed: ${hint}`, { cause: error });
  }
}

/** Ends the exiftool processes, if there are any; the next read starts a new one. */
export const closeExiftool = closeLanes;

function decodeTags({ invalidUtf8Bytes, ...tags }: RawTags & { invalidUtf8Bytes?: unknown }): Tags {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, decode(value, pick(invalidUtf8Bytes, name))]),
  );
}

/** Replaces values that exiftool returned as bytes by decoded text; `bytes` has the structure of `value`, with gaps. */
function decode(value: unknown, bytes: unknown): unknown {
  if (bytes instanceof Uint8Array) return decodeText(cutAtNul(bytes));
  if (bytes === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry, index) => decode(entry, pick(bytes, String(index))));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, decode(entry, pick(bytes, name))]));
}

function cutAtNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

function pick(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The zone as the difference between the picture's local time and a time in UTC. */
function compareClocks(tags: Tags): string | undefined {
  const shown = readClock(captureTimeTags.filter((name) => !clocksInUtc.includes(name)).map((name) => tags[name]));
  if (shown === undefined || shown.timeZone !== undefined) return undefined;
  const stamp = `${toText(tags['GPSDateStamp']) ?? ''} ${toText(tags['GPSTimeStamp']) ?? ''}`;
  const timeStamp = toText(tags['TimeStamp']) ?? '';
  const inUtc = readClock([
    tags['GPSDateTime'],
    tags['DateTimeUTC'],
    stamp,
    tags['SonyDateTime2'],
    // Only a TimeStamp marked as UTC is in UTC.
    /(?:Z|\+00:00)$/.test(timeStamp) ? timeStamp : undefined,
  ]);
  if (inUtc === undefined || (inUtc.timeZone ?? 'UTC') !== 'UTC') return undefined;
  const minutes = inferLikelyOffsetMinutes((shown.wallTime.getTime() - inUtc.wallTime.getTime()) / 60_000);
  return minutes === undefined ? undefined : nameOffset(minutes);
}

function readClock(values: readonly unknown[]) {
  return values.map((value) => parseDateText(toText(value) ?? '')).find((date) => date?.precision === 'time');
}
