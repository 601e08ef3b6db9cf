import type { Moment } from '#shared/time/moment.ts';

/** Size and orientation of a picture according to the decoder, so that they agree with the rendered pictures. */
export interface PictureShape {
  /** As stored, orientation not applied. */
  exifImageWidth: number;
  exifImageHeight: number;
  /** As displayed, orientation applied. */
  width: number;
  height: number;
  /**
   * The EXIF orientation that is applied, 1 to 8; null if the file has none, or its format stores rotation differently.
   */
  orientation: number | null;
}

/** The metadata of a file: the columns of `asset_exif` that are read from it, and values copied to the asset row. */
export interface MediaMetadata {
  make: string | null;
  model: string | null;
  lensModel: string | null;
  /** Raw, orientation not applied; null if unknown, never 0. */
  exifImageWidth: number | null;
  exifImageHeight: number | null;
  /** As displayed, orientation applied; null if unknown, never 0. */
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
  /** Seconds as text: `1/250`, `0.5`, `30`. */
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
  /** An XMP file whose values override the picture's own. */
  sidecarPath?: string;
  /** The dates of the upload; the earliest is used if the file has no date. */
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
