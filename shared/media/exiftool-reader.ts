import { DefaultReadTaskOptions, ExifDateTime, ExifTool } from 'exiftool-vendored';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { CapturedTime, FoundMetadata } from './normalize-metadata.ts';
import { utc } from '#shared/time/time-zone.ts';

/** The tags that say when a picture was taken, best first. */
export const captureTimeTags = [
  'SubSecDateTimeOriginal',
  'SubSecCreateDate',
  'DateTimeOriginal',
  'CreationDate',
  'CreateDate',
  'MediaCreateDate',
  'DateTimeCreated',
  'GPSDateTime',
  'DateTimeUTC',
  'SonyDateTime2',
  'SourceImageCreateTime',
] as const;

let running: ExifTool | undefined;

/**
 * Reads every tag of a file with exiftool, which is kept running for a minute after its last use.
 * A file that exiftool knows nothing of gives no tags.
 * @throws input/invalid for a path that cannot be told to exiftool; internal if exiftool does not run
 */
export async function readWithExiftool(path: string): Promise<FoundMetadata> {
  if (/[\r\n\0]/.test(path)) throw new DarkroomError('input/invalid', 'The path contains a control character');
  const tags = await readTags(path);
  const timeZone = typeof tags['tz'] === 'string' ? tags['tz'] : undefined;
  const captured = findCapturedTime(tags);
  return { tags, captured: captured?.time, timeZone: timeZone ?? (captured?.namesUtc === true ? 'UTC' : undefined) };
}

async function readTags(path: string): Promise<Readonly<Record<string, unknown>>> {
  running ??= startExiftool();
  try {
    return { ...(await running.read(path)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = /perl/i.test(reason) ? 'it needs Perl 5 on this computer' : reason.replaceAll(path, 'the file');
    throw new DarkroomError('internal', `exiftool failed: ${hint}`, { cause: error });
  }
}

/** Ends the exiftool process, if there is one; the next read starts another. */
export async function closeExiftool(): Promise<void> {
  const ending = running;
  running = undefined;
  await ending?.end();
}

function startExiftool(): ExifTool {
  return new ExifTool({
    maxProcs: 1,
    maxIdleMsPerProcess: 60_000,
    healthCheckIntervalMillis: 0,
    taskTimeoutMillis: 60_000,
    useMWG: true,
    geolocation: false,
    inferTimezoneFromTimeStamp: true,
    numericTags: [...DefaultReadTaskOptions.numericTags, 'FocalLength', 'FileSize'],
    readArgs: ['-api', 'largefilesupport=1'],
  });
}

function findCapturedTime(tags: Readonly<Record<string, unknown>>) {
  for (const name of captureTimeTags) {
    const value = tags[name];
    const dateTime =
      value instanceof ExifDateTime ? value : typeof value === 'string' ? ExifDateTime.fromEXIF(value) : undefined;
    const time = dateTime === undefined ? undefined : toCapturedTime(dateTime);
    if (time !== undefined) return { time, namesUtc: dateTime?.rawValue?.endsWith('+00:00') === true };
  }
  return undefined;
}

function toCapturedTime(dateTime: ExifDateTime): CapturedTime | undefined {
  const { year, month, day, hour, minute, second, millisecond = 0 } = dateTime;
  const wallTime = new Date(utc(year, month, day, hour, minute, second, Math.trunc(millisecond)));
  if (Number.isNaN(wallTime.getTime()) || year < 1 || year > 9999) return undefined;
  return {
    wallTime,
    instant: dateTime.hasZone && dateTime.inferredZone !== true ? new Date(dateTime.toMillis()) : undefined,
  };
}
