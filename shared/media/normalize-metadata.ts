import { epoch, momentAtInstant } from '#shared/time/moment.ts';
import { joinTimes, joinZones, type FoundTime } from './captured-time.ts';
import type { MediaMetadata, MetadataRequest, PictureShape } from './media-metadata.ts';
import { findPosition, toInteger, toNumber, toText, toTexts, type Tags } from './tag-values.ts';

/** The raw tags that a reader found in one file. Both readers return the same for the same file. */
export interface FoundMetadata extends FoundTime {
  tags: Tags;
  /**
   * Size and orientation according to the decoder; without it those of the file's tags are used, never the sidecar's.
   */
  shape?: PictureShape | undefined;
}

/** Chooses, cleans and limits values: no NUL, no NaN, no empty text, no size of 0, no year outside 1 to 9999. */
export function normalizeMetadata(
  found: FoundMetadata,
  sidecar: FoundMetadata | undefined,
  fileSizeInByte: number,
  { fallbackDates }: Pick<MetadataRequest, 'fallbackDates'>,
): MediaMetadata {
  const sources = sidecar === undefined ? [found.tags] : [sidecar.tags, found.tags];
  const first = <T>(pick: (tags: Tags) => T | typeof saidNone | null): T | null => {
    for (const tags of sources) {
      const value = pick(tags);
      if (value !== null) return value === saidNone ? null : value;
    }
    return null;
  };
  const { orientation, ...sizes } = found.shape ?? findShape(found.tags);
  return {
    make: first((tags) => firstText(tags['Make'], tags['DeviceManufacturer'], tags['AndroidMake'])),
    model: first((tags) => firstText(tags['Model'], tags['DeviceModelName'], tags['AndroidModel'])),
    lensModel: first(findLens),
    ...sizes,
    fileSizeInByte,
    orientation: orientation === null ? null : String(orientation),
    ...findDates(found, sidecar, fallbackDates),
    fNumber: first((tags) => toNumber(tags['FNumber'])),
    focalLength: first((tags) => toNumber(tags['FocalLength'])),
    iso: first((tags) => toInteger(toText(tags['ISO'])?.split(/[ ,]/)[0], 0, 2 ** 31 - 1)),
    exposureTime: first(findExposureTime),
    ...(first(findPosition) ?? { latitude: null, longitude: null }),
    description: first(findDescription) ?? '',
    fps: first((tags) => toNumber(tags['VideoFrameRate'])),
    livePhotoCID: first((tags) => firstText(tags['ContentIdentifier'], tags['MediaGroupUUID'])),
    projectionType: first((tags) => toText(tags['ProjectionType']))?.toUpperCase() ?? null,
    profileDescription: first((tags) => toText(tags['ProfileDescription'])),
    colorspace: first((tags) => toText(tags['ColorSpace'])),
    bitsPerSample: first(findBitsPerSample),
    rating: first(findRating),
    tags: first(findTags) ?? [],
    autoStackId: first((tags) =>
      firstText(tags['BurstID'], tags['BurstUUID'], tags['CameraBurstID'], tags['MediaUniqueID']),
    ),
  };
}

const descriptionLengthMax = 20_000;
const sizeMax = 2 ** 31 - 1;

function findDates(
  found: FoundMetadata,
  sidecar: FoundMetadata | undefined,
  { fileCreatedAt, fileModifiedAt }: MetadataRequest['fallbackDates'],
): Pick<MediaMetadata, 'moment' | 'modifyDate'> {
  const earliest = new Date(Math.min(fileCreatedAt.getTime(), fileModifiedAt.getTime()));
  const moment =
    joinTimes(found, sidecar) ??
    momentAtInstant(earliest, joinZones(found, sidecar)) ??
    momentAtInstant(earliest, null) ??
    epoch;
  return { moment, modifyDate: fileModifiedAt };
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

/** An explicit "none", unlike a missing value: it overrides the value of another file. */
const saidNone = Symbol('said none');

/** -1 means rejected, 0 means unrated. @see XMP specification part 1, section 8.4 (xmp:Rating) */
function findRating(tags: Tags): number | typeof saidNone | null {
  const rating = toInteger(tags['Rating'], -1, 5);
  return rating === 0 ? saidNone : rating;
}

function findDescription(tags: Tags): string | typeof saidNone | null {
  const values = [tags['ImageDescription'], tags['Description']];
  return firstText(...values) ?? (values.some((value) => value !== undefined) ? saidNone : null);
}

/** Seconds or a fraction such as `1/250`; null for `1/0` and for text that is not a number. */
function findExposureTime(tags: Tags): string | null {
  const text = toText(tags['ExposureTime'], 100);
  return text !== null && /^(?:\d+(?:\.\d+)?|\.\d+)(?:\/0*[1-9]\d*)?$/.test(text) ? text : null;
}

function findLens(tags: Tags): string | null {
  const lens = firstText(tags['LensID'], tags['LensType'], tags['LensSpec'], tags['LensModel']);
  return lens === null || lens === '----' || lens.startsWith('Unknown') ? null : lens;
}

/** Bits per channel, although some formats count them per pixel. */
function findBitsPerSample(tags: Tags): number | null {
  const names = ['BitsPerSample', 'ComponentBitDepth', 'ImagePixelDepth', 'BitDepth', 'ColorBitDepth'];
  for (const name of names) {
    const bits = toInteger(Number.parseInt(toText(tags[name]) ?? '', 10), 1, 1024);
    if (bits !== null) return bits >= 24 && bits % 3 === 0 ? bits / 3 : bits;
  }
  return null;
}

/**
 * Levels of a tag are separated by `/`; a `/` inside a level of HierarchicalSubject, whose separator is `|`, becomes
 * `|`.
 */
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
