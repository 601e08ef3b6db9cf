import type { Sharp, SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { DarkroomError } from '#shared/errors/errors.ts';
import { readColorProfile, type ColorProfile } from './color-profile.ts';
import { isShownWithoutItsEnd } from './cut-off.ts';
import { explainDecodeFailure, isSharpTimeout } from './decode-failure.ts';
import type { MediaFormat } from './formats.ts';
import { inspectImage, type InspectedImage } from './inspect-image.ts';
import { fitLongEdge, fitShortEdge, mediaRecipe, type PixelSize } from './pixel-sizes.ts';
import { sharp } from './sharp.ts';

export interface RenderedFile extends PixelSize {
  bytes: Buffer;
  mimeType: string;
}

/** `width` and `height` are those of the original as displayed, EXIF orientation applied. */
export interface RenderedImage extends PixelSize {
  thumbnail: RenderedFile;
  preview: RenderedFile;
  thumbhash: Uint8Array;
  /** The EXIF orientation that was applied, 1 to 8. */
  orientation: number;
  format: MediaFormat;
  /** A defect of the file that did not prevent the rendering. */
  warning?: string;
}

export interface RenderOptions {
  /** Decides between formats with the same signature, if the name of `source` does not. */
  fileName?: string;
  signal?: AbortSignal;
  /** Time limit of the whole rendering; default 60 s. */
  timeoutMs?: number;
  inputPixelsMax?: number;
  /** How many percent of the rows of a truncated file may be missing; default 25, 0 for none. */
  missingPercentMax?: number;
  /** The result of `inspectImage` for the same file, if it is known already. */
  inspected?: InspectedImage;
}

/**
 * Makes the thumbnail, the preview and the thumbhash of the picture at the path `source`, decoding it once.
 * Of an animation it takes the first frame. Colours beyond sRGB are kept as Display P3, all others become sRGB.
 * Transparency is kept in the thumbnail and laid on white in the preview.
 * @throws media/unsupported, media/undecodable, media/too-large, media/timeout
 */
export async function renderImage(source: string, options: RenderOptions = {}): Promise<RenderedImage> {
  const { timeoutMs = 60_000, signal } = options;
  const timeLimit = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? timeLimit : AbortSignal.any([signal, timeLimit]);
  try {
    return await untilAborted(render(source, options, { stop, deadlineMs: performance.now() + timeoutMs }), stop);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeLimit.aborted || isSharpTimeout(error)) {
      throw new DarkroomError('media/timeout', `Decoding took longer than ${timeoutMs} ms`, { cause: error });
    }
    throw await explainDecodeFailure(source, error);
  }
}

interface Limits {
  stop: AbortSignal;
  deadlineMs: number;
}

/** An input of sharp: a path, or uncompressed pixels of the previous step. */
interface Picture {
  input: string | Buffer;
  options: SharpOptions;
}

async function render(source: string, options: RenderOptions, limits: Limits): Promise<RenderedImage> {
  const { fileName = source, inputPixelsMax } = options;
  const inspected = options.inspected ?? (await inspectImage(source, fileName, inputPixelsMax));
  const { format, metadata, size, orientation } = inspected;
  const colors = colorsOf[readColorProfile(metadata.icc)];
  const previewSize = fitShortEdge(size, mediaRecipe.preview);
  const thumbnailSize = fitShortEdge(size, mediaRecipe.thumbnail);

  const { picture: large, warning } = await decodeWhatIsThere(source, inspected, options, (failOn) =>
    decode(source, { failOn, size: previewSize, inspected, colors, limits }),
  );
  const encodePreview = () =>
    colors.tag(start(large, limits)).flatten({ background: '#fff' }).jpeg(jpegOptions).toBuffer();
  const encodeThumbnail = async () => {
    const small = await colors.shrink(resize(start(large, limits), thumbnailSize));
    return Promise.all([
      colors.tag(start(small, limits)).webp(webpOptions).toBuffer(),
      computeThumbhash(start(small, limits), thumbnailSize),
    ]);
  };
  const [preview, [thumbnail, thumbhash]] = await Promise.all([encodePreview(), encodeThumbnail()]);
  return {
    thumbnail: { bytes: thumbnail, ...thumbnailSize, mimeType: 'image/webp' },
    preview: { bytes: preview, ...previewSize, mimeType: 'image/jpeg' },
    thumbhash,
    ...size,
    orientation,
    format,
    ...(warning === undefined ? {} : { warning }),
  };
}

type FailOn = 'error' | 'none';

async function decodeWhatIsThere(
  source: string,
  { metadata }: InspectedImage,
  { missingPercentMax = 25 }: RenderOptions,
  decodeWith: (failOn: FailOn) => Promise<Picture>,
): Promise<{ picture: Picture; warning?: string }> {
  try {
    return { picture: await decodeWith('error') };
  } catch (error) {
    if (isSharpTimeout(error) || !(await isShownWithoutItsEnd(source, metadata, missingPercentMax))) throw error;
    return { picture: await decodeWith('none'), warning: 'The file ends before its picture does' };
  }
}

interface Decoding {
  failOn: FailOn;
  size: PixelSize;
  inspected: InspectedImage;
  colors: Colors;
  limits: Limits;
}

/** Decodes the picture upright, in `size` and in the colours of the derivatives. */
async function decode(source: string, { failOn, size, inspected, colors, limits }: Decoding): Promise<Picture> {
  const original = { input: source, options: { failOn, limitInputPixels: false, ...colors.sourceOptions } } as const;
  const upright = start(original, limits).autoOrient();
  const { hasSpareChannels = false, scale } = inspected.samples ?? {};
  const scaled = scale === undefined ? upright : upright.linear(scale.gain, scale.offset);
  if (!hasSpareChannels) return colors.convert(resize(scaled, size));
  // sharp premultiplies the colours with the last channel before it resizes, so that channel is removed first.
  const whole = await colors.convert(scaled.removeAlpha());
  return colors.shrink(resize(start(whole, limits), size));
}

const jpegOptions = {
  quality: mediaRecipe.preview.quality,
  chromaSubsampling: '4:4:4',
  optimiseCoding: false,
} as const;
const webpOptions = { quality: mediaRecipe.thumbnail.quality, effort: mediaRecipe.thumbnail.effort } as const;

function start({ input, options }: Picture, { stop, deadlineMs }: Limits): Sharp {
  stop.throwIfAborted();
  return sharp(input, options).timeout({ seconds: Math.max(1, Math.ceil((deadlineMs - performance.now()) / 1000)) });
}

function resize(image: Sharp, { width, height }: PixelSize): Sharp {
  return image.resize(width, height, { fit: 'fill' });
}

interface Colors {
  sourceOptions: SharpOptions;
  /** Ends the decoding pipeline in the colours of the derivatives. */
  convert: (image: Sharp) => Promise<Picture>;
  /** Ends a pipeline whose pixels have these colours already. */
  shrink: (image: Sharp) => Promise<Picture>;
  /** Adds the colour profile to an encoded picture; a picture without a profile is sRGB. */
  tag: (image: Sharp) => Sharp;
}

const untagged = { convert: toPixels, shrink: toPixels, tag: (image: Sharp) => image };
const tagged = { sourceOptions: {}, shrink: toTaggedPixels, tag: (image: Sharp) => image.keepIccProfile() };

const colorsOf: Record<ColorProfile, Colors> = {
  srgb: { ...untagged, sourceOptions: { ignoreIcc: true } },
  'not-rgb': { ...untagged, sourceOptions: {} },
  'display-p3': { ...tagged, convert: toTaggedPixels },
  'other-rgb': {
    ...tagged,
    convert: (image) => writeTiff(image.pipelineColourspace('rgb16').withIccProfile('p3')),
  },
};

async function toPixels(image: Sharp): Promise<Picture> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { input: data, options: { raw: { width, height, channels }, limitInputPixels: false } };
}

function toTaggedPixels(image: Sharp): Promise<Picture> {
  return writeTiff(image.keepIccProfile());
}

async function writeTiff(image: Sharp): Promise<Picture> {
  return { input: await image.tiff({ compression: 'none' }).toBuffer(), options: { limitInputPixels: false } };
}

/** @see https://evanw.github.io/thumbhash/ */
async function computeThumbhash(image: Sharp, size: PixelSize): Promise<Uint8Array> {
  const { data, info } = await resize(image, fitLongEdge(size, mediaRecipe.thumbhash.longEdgePixels))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const rgba = new Uint8Array(width * height * 4);
  const alphaAt = channels % 2 === 0 ? channels - 1 : undefined;
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    const red = data[from] ?? 0;
    rgba[to] = red;
    rgba[to + 1] = channels < 3 ? red : (data[from + 1] ?? 0);
    rgba[to + 2] = channels < 3 ? red : (data[from + 2] ?? 0);
    rgba[to + 3] = alphaAt === undefined ? 255 : (data[from + alphaAt] ?? 0);
  }
  return rgbaToThumbHash(width, height, rgba);
}

async function untilAborted<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(stop.reason);
  if (stop.aborted) onAbort();
  stop.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}
