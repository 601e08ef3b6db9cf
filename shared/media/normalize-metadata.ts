import { epoch, momentAtInstant, momentAtWallTime } from '#shared/time/moment.ts';
import type { MediaMetadata, MetadataRequest, PictureShape } from './media-metadata.ts';

/** What a reader found in one file, before anything is chosen. Both readers give the same for the same file. */
export interface FoundMetadata {
  /** By exiftool's names, with its values. */
  tags: Readonly<Record<string, unknown>>;
  captured: CapturedTime | undefined;
  /** An IANA name or `UTC+2`. */
  timeZone: string | undefined;
  /** As the decoder has it; without it the tags say it, those of the file alone. */
  shape?: PictureShape | undefined;
}

export interface CapturedTime {
  /** What the clock showed, as if it were UTC. */
  wallTime: Date;
  /** Undefined where nothing names a zone. */
  instant: Date | undefined;
}

/** Chooses, cleans and bounds: no NUL, no NaN, no empty text, no size of 0, no year outside 1 to 9999. */
export function normalizeMetadata(
  found: FoundMetadata,
  sidecar: FoundMetadata | undefined,
  fileSizeInByte: number,
  { fallbackDates }: Pick<MetadataRequest, 'fallbackDates'>,
): MediaMetadata {
  const sources = sidecar === undefined ? [found.tags] : [sidecar.tags, found.tags];
  const first = <T>(pick: (tags: Tags) => T | null): T | null => {
    for (const tags of sources) {
      const value = pick(tags);
      if (value !== null) return value;
    }
    return null;
  };
  const { orientation, ...sizes } = found.shape ?? findShape(found.tags);
  return {
    make: first((tags) => firstText(tags['Make'], nested(tags['Device'], 'Manufacturer'), tags['AndroidMake'])),
    model: first((tags) => firstText(tags['Model'], nested(tags['Device'], 'ModelName'), tags['AndroidModel'])),
    lensModel: first(findLens),
    ...sizes,
    fileSizeInByte,
    orientation: orientation === null ? null : String(orientation),
    ...findDates(found, sidecar, fallbackDates),
    fNumber: first((tags) => toNumber(tags['FNumber'])),
    focalLength: first((tags) => toNumber(tags['FocalLength'])),
    iso: first((tags) => toInteger(tags['ISO'], 0, 2 ** 31 - 1)),
    exposureTime: first((tags) => toText(tags['ExposureTime'], 100)),
    ...findPosition(sources),
    description: first((tags) => firstText(tags['ImageDescription'], tags['Description'])) ?? '',
    fps: first((tags) => toNumber(tags['VideoFrameRate'])),
    livePhotoCID: first((tags) => firstText(tags['ContentIdentifier'], tags['MediaGroupUUID'])),
    projectionType: first((tags) => toText(tags['ProjectionType']))?.toUpperCase() ?? null,
    profileDescription: first((tags) => toText(tags['ProfileDescription'])),
    colorspace: first((tags) => toText(tags['ColorSpace'])),
    bitsPerSample: first(findBitsPerSample),
    rating: first((tags) => toInteger(tags['Rating'], 1, 5)),
    tags: first(findTags) ?? [],
    autoStackId: first((tags) =>
      firstText(tags['BurstID'], tags['BurstUUID'], tags['CameraBurstID'], tags['MediaUniqueID']),
    ),
  };
}

type Tags = Readonly<Record<string, unknown>>;

const textLengthMax = 2000;
const descriptionLengthMax = 20_000;
const tagCountMax = 1000;
const sizeMax = 2 ** 31 - 1;

function findDates(
  found: FoundMetadata,
  sidecar: FoundMetadata | undefined,
  { fileCreatedAt, fileModifiedAt }: MetadataRequest['fallbackDates'],
): Pick<MediaMetadata, 'moment' | 'modifyDate'> {
  const captured = sidecar?.captured ?? found.captured;
  const timeZone = sidecar?.timeZone ?? found.timeZone ?? null;
  const earliest = new Date(Math.min(fileCreatedAt.getTime(), fileModifiedAt.getTime()));
  const candidates = [
    captured &&
      (captured.instant === undefined
        ? momentAtWallTime(captured.wallTime, timeZone)
        : momentAtInstant(captured.instant, timeZone)),
    momentAtInstant(earliest, timeZone),
    momentAtInstant(earliest, null),
  ];
  return { moment: candidates.find((it) => it !== undefined) ?? epoch, modifyDate: fileModifiedAt };
}

function findShape(tags: Tags) {
  const orientation = toInteger(tags['Orientation'], 1, 8);
  const [exifImageWidth, exifImageHeight] = findSize(tags);
  const turned = orientation !== null && orientation >= 5;
  return {
    exifImageWidth,
    exifImageHeight,
    width: turned ? exifImageHeight : exifImageWidth,
    height: turned ? exifImageWidth : exifImageHeight,
    orientation,
  };
}

function findSize(tags: Tags): [width: number | null, height: number | null] {
  const size = /^(\d+)\s*x\s*(\d+)$/.exec(toText(tags['ImageSize']) ?? '');
  const width = toInteger(Number(size?.[1]), 1, sizeMax);
  const height = toInteger(Number(size?.[2]), 1, sizeMax);
  if (width !== null && height !== null) return [width, height];
  return [toInteger(tags['ImageWidth'], 1, sizeMax), toInteger(tags['ImageHeight'], 1, sizeMax)];
}

function findPosition(sources: readonly Tags[]): { latitude: number | null; longitude: number | null } {
  for (const tags of sources) {
    const latitude = toNumber(tags['GPSLatitude']);
    const longitude = toNumber(tags['GPSLongitude']);
    const isPlace = latitude !== null && longitude !== null && (latitude !== 0 || longitude !== 0);
    if (isPlace && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
  }
  return { latitude: null, longitude: null };
}

function findLens(tags: Tags): string | null {
  const lens = firstText(tags['LensID'], tags['LensType'], tags['LensSpec'], tags['LensModel']);
  return lens === null || lens === '----' || lens.startsWith('Unknown') ? null : lens;
}

/** Per channel, where some formats count per pixel. */
function findBitsPerSample(tags: Tags): number | null {
  const names = ['BitsPerSample', 'ComponentBitDepth', 'ImagePixelDepth', 'BitDepth', 'ColorBitDepth'];
  for (const name of names) {
    const bits = toInteger(Number.parseInt(toText(tags[name]) ?? '', 10), 1, 1024);
    if (bits !== null) return bits >= 24 && bits % 3 === 0 ? bits / 3 : bits;
  }
  return null;
}

/** Levels of a tag are parted by `/`; a `/` inside a level of HierarchicalSubject becomes `|`, which parts levels there. */
function findTags(tags: Tags): string[] | null {
  const swapSeparators = (tag: string) =>
    tag
      .split('|')
      .map((level) => level.replaceAll('/', '|'))
      .join('/');
  const candidates = [
    toTexts(tags['TagsList']),
    toTexts(tags['HierarchicalSubject']).map(swapSeparators),
    toTexts(tags['Keywords']),
  ];
  return candidates.find((list) => list.length > 0) ?? null;
}

function firstText(...values: unknown[]): string | null {
  for (const value of values) {
    const text = toText(value, descriptionLengthMax);
    if (text !== null) return text;
  }
  return null;
}

function toText(value: unknown, lengthMax = textLengthMax): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).replaceAll('\0', '').toWellFormed().trim().slice(0, lengthMax).toWellFormed().trim();
  return text === '' ? null : text;
}

function toTexts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.slice(0, tagCountMax).map((entry) => toText(entry));
  return [...new Set(texts.filter((text) => text !== null))];
}

function toNumber(value: unknown): number | null {
  const number: unknown = Array.isArray(value) ? value[0] : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function toInteger(value: unknown, least: number, most: number): number | null {
  const number = toNumber(value);
  if (number === null) return null;
  const integer = Math.trunc(number);
  return integer >= least && integer <= most ? integer : null;
}

function nested(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
