import { join } from 'node:path';
import type { RgbImage } from '#shared/media/decode-rgb.ts';
import { detectFaces } from './detect.ts';
import type { Detection, FivePoints, ScoredBox } from './geometry.ts';
import { findLandmarks } from './landmarks.ts';
import type { ModelFile, ModelSet } from './model-set.ts';
import { openSession, type Session } from './session.ts';
import { faceTemplate, fitSimilarity, invertSimilarity } from './similarity.ts';
import { normalize, toPlanes } from './tensor.ts';
import { warpSquare } from './warp.ts';

/** A face in a picture; box and landmarks are in pixels of the picture, the box is inside it. */
export interface DetectedFace extends ScoredBox {
  landmarks: FivePoints;
  /** A vector of length 1; the cosine of two is the similarity of their faces. */
  embedding: Float32Array;
}

export interface FaceEngine extends AsyncDisposable {
  readonly set: ModelSet;
  /** Finds the faces of a picture and embeds each, best score first. @throws faces/models-missing */
  detectAndEmbed(image: RgbImage, signal?: AbortSignal): Promise<DetectedFace[]>;
}

export interface FaceEngineOptions {
  set: ModelSet;
  /** Holds the files of the set. */
  folder: string;
}

/** Opens a model set; each model is loaded when it is first needed. Disposing frees them. */
export function openFaceEngine({ set, folder }: FaceEngineOptions): FaceEngine {
  const sessions = new Map<string, Promise<Session>>();
  const sessionOf = (file: ModelFile): Promise<Session> => {
    const known = sessions.get(file.name);
    if (known !== undefined) return known;
    const opening = openSession(join(folder, file.name));
    sessions.set(file.name, opening);
    opening.catch(() => sessions.delete(file.name));
    return opening;
  };
  return {
    set,
    detectAndEmbed: async (image, signal) => {
      const detections = await detectFaces(image, set, await sessionOf(set.detector.file), signal);
      const faces: DetectedFace[] = [];
      for (const detection of detections) {
        signal?.throwIfAborted();
        const landmarks = await landmarksOf(image, detection, set, sessionOf);
        const embedding = landmarks && (await embed(image, landmarks, set, sessionOf));
        if (landmarks === undefined || embedding === undefined) continue;
        const { x1, y1, x2, y2, score } = detection;
        faces.push({ x1, y1, x2, y2, score, landmarks, embedding });
      }
      return faces;
    },
    [Symbol.asyncDispose]: async () => {
      for (const opening of sessions.values()) await (await opening.catch(() => undefined))?.[Symbol.asyncDispose]();
      sessions.clear();
    },
  };
}

type SessionOf = (file: ModelFile) => Promise<Session>;

async function landmarksOf(
  image: RgbImage,
  detection: Detection,
  { landmarks }: ModelSet,
  sessionOf: SessionOf,
): Promise<FivePoints | undefined> {
  if (detection.landmarks !== undefined || landmarks === undefined) return detection.landmarks;
  return findLandmarks(image, detection, landmarks, await sessionOf(landmarks.file));
}

/** Returns undefined if the landmarks are degenerate and cannot be aligned. */
async function embed(
  image: RgbImage,
  landmarks: FivePoints,
  { embedder }: ModelSet,
  sessionOf: SessionOf,
): Promise<Float32Array | undefined> {
  const toTemplate = fitSimilarity(landmarks, faceTemplate);
  const toSource = toTemplate && invertSimilarity(toTemplate);
  if (toSource === undefined) return undefined;
  const { edgePixels, file } = embedder;
  const aligned = warpSquare(image, toSource, edgePixels);
  const session = await sessionOf(file);
  const [output] = await session.run(toPlanes(aligned, embedder, aligned));
  return output && normalize(output.data);
}
