import { DarkroomError } from '#shared/errors/errors.ts';

export interface ModelFile {
  /** In the folder of the set. */
  name: string;
  /** Without it the file is not checked. */
  sha256?: string;
  /** Its path in the package of the set's source. */
  packagePath?: string;
}

/** Normalization of pixels: (pixel - mean) / divisor, in planes of red, green and blue. */
export interface PixelScale {
  mean: number;
  divisor: number;
}

export interface TileOptions {
  /** Edge of a tile as a fraction of the picture's, above 0.5. */
  share: number;
  /** Minimum score of boxes in tiles, which have more false positives. */
  scoreMin: number;
}

interface DetectorBase extends PixelScale {
  file: ModelFile;
  /** Input size of the detector: the picture is fitted into the top left, the rest is filled with `mean`. */
  width: number;
  height: number;
  overlapMax: number;
  /** Search four tiles besides the whole picture, for small faces. */
  tiles: TileOptions | undefined;
  /** Boxes wider than this many times their height are dropped. */
  aspectMax: number;
}

/** One output of scores (background, face) and one of boxes (x1 y1 x2 y2 as fractions of the input). */
export interface PlainDetector extends DetectorBase {
  decoder: 'plain';
}

/** Scores, distances to the sides and five keypoints for each anchor of each stride. @see arXiv:2105.04714 */
export interface ScrfdDetector extends DetectorBase {
  decoder: 'scrfd';
  strides: readonly number[];
  anchorsPerCell: number;
}

/** Finds 68 points in a grey crop of one face; needed for detectors without landmarks. */
export interface LandmarkModel {
  file: ModelFile;
  edgePixels: number;
  divisor: number;
}

export interface EmbedderModel extends PixelScale {
  file: ModelFile;
  edgePixels: number;
  dimension: number;
}

/** A detector, an aligner and an embedder that belong together, as data. */
export interface ModelSet {
  /**
   * Embeddings are compared only within one name: a change of models or alignment that changes embeddings needs a new
   * name.
   */
  name: string;
  /** Raised when the same models are used differently; every picture is then processed again. */
  version: number;
  licence: string;
  /** The package to download the files from; undefined if the user has to provide them. */
  source: { npmPackage: string } | undefined;
  detector: PlainDetector | ScrfdDetector;
  landmarks: LandmarkModel | undefined;
  embedder: EmbedderModel;
  /** Minimum score of a face, 0 to 1. */
  scoreMin: number;
  /** Minimum pixels from brow to chin; smaller faces cannot be distinguished. */
  heightPixelsMin: number;
  /** Maximum cosine distance between two faces of one person, 0 to 2. */
  distanceMax: number;
  /** Minimum number of faces within `distanceMax` of each other that create a person. */
  facesMin: number;
}

const faceplugin: ModelSet = {
  name: 'faceplugin',
  version: 1,
  licence: 'MIT, as the package declares; it says nothing of the training data',
  source: { npmPackage: 'faceplugin-face-recognition-js@0.0.1' },
  detector: {
    decoder: 'plain',
    file: {
      name: 'fr_detect.onnx',
      packagePath: 'package/model/fr_detect.onnx',
      sha256: '6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854',
    },
    width: 320,
    height: 240,
    mean: 127,
    divisor: 128,
    overlapMax: 0.4,
    aspectMax: 1.3,
    tiles: { share: 0.6, scoreMin: 0.9 },
  },
  landmarks: {
    file: {
      name: 'fr_landmark.onnx',
      packagePath: 'package/model/fr_landmark.onnx',
      sha256: 'f10b0ba1d2a8a099adefede1ebf3733e44fe370715e7303dbeb7f59c02142258',
    },
    edgePixels: 64,
    divisor: 256,
  },
  embedder: {
    file: {
      name: 'fr_feature.onnx',
      packagePath: 'package/model/fr_feature.onnx',
      sha256: '87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581',
    },
    edgePixels: 112,
    mean: 127.5,
    divisor: 128,
    dimension: 512,
  },
  scoreMin: 0.65,
  heightPixelsMin: 24,
  distanceMax: 0.5,
  facesMin: 3,
};

const buffaloL: ModelSet = {
  name: 'buffalo_l',
  version: 1,
  licence: 'non-commercial research only, see https://github.com/deepinsight/insightface',
  source: undefined,
  detector: {
    decoder: 'scrfd',
    file: { name: 'det_10g.onnx' },
    width: 640,
    height: 640,
    mean: 127.5,
    divisor: 128,
    overlapMax: 0.4,
    aspectMax: Number.POSITIVE_INFINITY,
    tiles: undefined,
    strides: [8, 16, 32],
    anchorsPerCell: 2,
  },
  landmarks: undefined,
  embedder: { file: { name: 'w600k_r50.onnx' }, edgePixels: 112, mean: 127.5, divisor: 127.5, dimension: 512 },
  scoreMin: 0.7,
  heightPixelsMin: 24,
  distanceMax: 0.5,
  facesMin: 3,
};

const modelSets: readonly ModelSet[] = [faceplugin, buffaloL];

/** @throws config/invalid naming the sets there are */
export function getModelSet(name: string): ModelSet {
  const set = modelSets.find((it) => it.name === name);
  if (set !== undefined) return set;
  const names = modelSets.map((it) => it.name).join(' or ');
  throw new DarkroomError('config/invalid', `DARKROOM_MODEL_SET is ${JSON.stringify(name)}; it can be ${names}`);
}

/**
 * Returns the set with the user's SHA-256 for files that have none: `name=hex`, separated by commas.
 * @throws config/invalid for anything else, or for a file that is not in the set or has a SHA-256 there
 */
export function pinModelFiles(set: ModelSet, hashes: string): ModelSet {
  const pins = new Map(
    hashes.split(',').map((it): [string, string] => {
      const [, name, sha256] = /^\s*([\w.-]+)=([0-9a-f]{64})\s*$/i.exec(it) ?? [];
      if (name === undefined || sha256 === undefined) {
        throw new DarkroomError('config/invalid', `DARKROOM_MODEL_SHA256: ${JSON.stringify(it)} is not name=SHA-256`);
      }
      return [name, sha256.toLowerCase()];
    }),
  );
  const open = listModelFiles(set).filter((it) => it.sha256 === undefined);
  for (const name of pins.keys()) {
    if (open.some((it) => it.name === name)) continue;
    throw new DarkroomError('config/invalid', `DARKROOM_MODEL_SHA256: ${set.name} has no ${name} to pin`);
  }
  const pin = (file: ModelFile): ModelFile => {
    const sha256 = pins.get(file.name);
    return sha256 === undefined ? file : { ...file, sha256 };
  };
  const { detector, landmarks, embedder } = set;
  return {
    ...set,
    detector: { ...detector, file: pin(detector.file) },
    landmarks: landmarks && { ...landmarks, file: pin(landmarks.file) },
    embedder: { ...embedder, file: pin(embedder.file) },
  };
}

export function listModelFiles({ detector, landmarks, embedder }: ModelSet): ModelFile[] {
  return [detector.file, ...(landmarks === undefined ? [] : [landmarks.file]), embedder.file];
}
