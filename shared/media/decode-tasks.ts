import { cropFace } from './crop-face.ts';
import { decodeRgb } from './decode-rgb.ts';
import { readShape } from './read-shape.ts';
import { renderImage } from './render-image.ts';

/**
 * The functions that decode users' files, by the names used in requests to the child process. Arguments and results can
 * be structured-cloned.
 */
export const decodeTasks = { renderImage, decodeRgb, cropFace, readShape } as const;

export type DecodeTasks = typeof decodeTasks;
export type DecodeTask = keyof DecodeTasks;

export interface DecodeRequest {
  task: DecodeTask;
  args: readonly unknown[];
  memoryBytesMax: number;
}

export type DecodeMessage =
  | { kind: 'started' }
  | { kind: 'value'; value: unknown }
  | { kind: 'error'; code: string; message: string; isDarkroom: boolean };
