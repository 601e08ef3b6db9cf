import type { Moment } from '#shared/time/moment.ts';

/** How large a picture is and which way is up, as the decoder has it: its pictures are the proof of these numbers. */
export interface PictureShape {
  /** As stored, orientation not applied. */
  exifImageWidth: number;
  exifImageHeight: number;
  /** As people see it, orientation applied. */
  width: number;
  height: number;
  /** The EXIF orientation that is applied, 1 to 8; null where the file names none, or its format has its own way. */
  orientation: number | null;
}

/** What a file says of itself: the columns of `asset_exif` that are read from it, and what the asset row takes over. */
export interface MediaMetadata {
  make: string | null;
  model: string | null;
  lensModel: string | null;
  /** Raw, orientation not applied; null if unknown, never 0. */
  exifImageWidth: number | null;
  exifImageHeight: number | null;
  /** As people see it, orientation applied; null if unknown, never 0. */
  width: number | null;
  height: number | null;
  fileSizeInByte: number;
  /** `1` to `8`. */
  orientation: string | null;
  /** When the picture was taken. */
  moment: Moment;
  modifyDate: Date | null;
  fNumber: number | null;
  /** Millimetres. */
  focalLength: number | null;
  iso: number | null;
  /** Seconds as people write them: `1/250`, `0.5`, `30`. */
  exposureTime: string | null;
  latitude: number | null;
  longitude: number | null;
  description: string;
  fps: number | null;
  livePhotoCID: string | null;
  projectionType: string | null;
  profileDescription: string | null;
  colorspace: string | null;
  bitsPerSample: number | null;
  /** 1 to 5, or -1 for rejected; null for unrated. */
  rating: number | null;
  tags: string[];
  autoStackId: string | null;
}

export interface MetadataRequest {
  /** The original name of the file. */
  fileName: string;
  /** An XMP file whose values win over the picture's own. */
  sidecarPath?: string;
  /** Of the upload; the earliest is taken where the file has no date. */
  fallbackDates: { fileCreatedAt: Date; fileModifiedAt: Date };
}

/** The nearest town of a position. */
export interface Place {
  city: string;
  /** The first administrative division: a state, a province, a region. */
  state: string | null;
  /** In English. */
  country: string | null;
}
