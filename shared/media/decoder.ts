import { totalmem } from 'node:os';
import type { Config } from '#shared/config/config.ts';
import { cropFace, type FaceRegion } from './crop-face.ts';
import { decodeApart, type ApartLimits } from './decode-apart.ts';
import { explainDecodeFailure } from './decode-failure.ts';
import { decodeRgb, type DecodeOptions, type RgbImage } from './decode-rgb.ts';
import { countDecodedBytes } from './decoded-bytes.ts';
import { inspectImage, type InspectedImage } from './inspect-image.ts';
import type { PictureShape } from './media-metadata.ts';
import { readShape } from './read-shape.ts';
import { renderImage, type RenderedImage, type RenderOptions } from './render-image.ts';

/** Facts about one attempt. */
export interface Caution {
  /** An earlier attempt ended its process: decode the file in a child process. */
  isSuspect: boolean;
}

/** Decodes within a memory budget: small pictures in this process, large or suspect ones in a child process. */
export interface Decoder {
  renderImage: (path: string, options: RenderOptions, caution: Caution) => Promise<RenderedImage>;
  decodeRgb: (path: string, options: DecodeOptions, caution: Caution) => Promise<RgbImage>;
  cropFace: (path: string, face: FaceRegion) => Promise<Uint8Array>;
  readShape: (path: string, fileName: string, caution: Caution) => Promise<PictureShape | undefined>;
}

export type DecoderSettings = Pick<
  Config,
  'DARKROOM_DECODE_MIB' | 'DARKROOM_DECODE_MEMORY_MIB' | 'DARKROOM_DECODE_SECONDS'
>;

export function createDecoder(settings: DecoderSettings): Decoder {
  const limits = limitsOf(settings);
  const { timeoutMs } = limits;
  const here = async (path: string, fileName: string, { isSuspect }: Caution, inputPixelsMax?: number) => {
    if (isSuspect) return undefined;
    const inspected = await inspect(path, fileName, inputPixelsMax);
    return countDecodedBytes(inspected.metadata) <= limits.inProcessBytesMax ? inspected : undefined;
  };
  return {
    async renderImage(path, { signal, ...options }, caution) {
      const inspected = await here(path, options.fileName ?? path, caution, options.inputPixelsMax);
      const limited = { ...options, timeoutMs };
      if (inspected === undefined)
        return await decodeApart({ task: 'renderImage', args: [path, limited] }, limits, signal);
      return await renderImage(path, { ...limited, inspected, ...(signal === undefined ? {} : { signal }) });
    },
    async decodeRgb(path, options, caution) {
      if ((await here(path, path, caution)) !== undefined) return await decodeRgb(path, options);
      return await decodeApart({ task: 'decodeRgb', args: [path, options] }, limits);
    },
    async cropFace(path, face) {
      if ((await here(path, path, { isSuspect: false })) !== undefined) return await cropFace(path, face);
      return await decodeApart({ task: 'cropFace', args: [path, face] }, limits);
    },
    async readShape(path, fileName, { isSuspect }) {
      if (!isSuspect) return await readShape(path, fileName);
      return await decodeApart({ task: 'readShape', args: [path, fileName] }, limits);
    },
  };
}

async function inspect(path: string, fileName: string, inputPixelsMax?: number): Promise<InspectedImage> {
  try {
    return await inspectImage(path, fileName, inputPixelsMax);
  } catch (error) {
    throw await explainDecodeFailure(path, error);
  }
}

interface DecoderLimits extends ApartLimits {
  inProcessBytesMax: number;
}

const mebibyte = 2 ** 20;

/** The rest is for the function itself and a picture that it decodes at the same time in the same pod. */
const shareOfMemory = 0.55;
const memoryMebibytesMax = 2048;

function limitsOf(settings: DecoderSettings): DecoderLimits {
  // The limit of the pod; the memory of the computer if there is no limit.
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const memoryMebibytes =
    settings.DARKROOM_DECODE_MEMORY_MIB ?? Math.min((memoryBytes * shareOfMemory) / mebibyte, memoryMebibytesMax);
  return {
    inProcessBytesMax: settings.DARKROOM_DECODE_MIB * mebibyte,
    memoryBytesMax: memoryMebibytes * mebibyte,
    timeoutMs: settings.DARKROOM_DECODE_SECONDS * 1000,
  };
}
