import { DarkroomError } from '#shared/errors/errors.ts';
import type { Detection, Point } from './geometry.ts';
import type { ScrfdDetector } from './model-set.ts';
import type { NumberTensor } from './tensor.ts';

const pointCount = 5;

/**
 * Decodes SCRFD's outputs to boxes and landmarks in pixels of its input, before non-maximum suppression. The outputs
 * are the scores of each stride, then the boxes, then the keypoints; the anchors of a cell are adjacent, cells are in
 * rows.
 * @see arXiv:2105.04714, Sample and Computation Redistribution for Efficient Face Detection
 */
export function decodeScrfd(outputs: readonly NumberTensor[], detector: ScrfdDetector, scoreMin: number): Detection[] {
  const { strides } = detector;
  if (outputs.length !== strides.length * 3) {
    throw new DarkroomError(
      'faces/models-missing',
      `The detector has ${outputs.length} outputs, not the nine of SCRFD`,
    );
  }
  return strides.flatMap((stride, level) => {
    const [scores, boxes, keypoints] = [0, 1, 2].map((kind) => outputs[level + kind * strides.length]?.data);
    if (scores === undefined || boxes === undefined || keypoints === undefined) return [];
    return decodeStride({ scores, boxes, keypoints }, { ...detector, stride }, scoreMin);
  });
}

interface StrideOutputs {
  scores: Float32Array;
  boxes: Float32Array;
  keypoints: Float32Array;
}

function decodeStride(
  { scores, boxes, keypoints }: StrideOutputs,
  { stride, width, anchorsPerCell }: ScrfdDetector & { stride: number },
  scoreMin: number,
): Detection[] {
  const cellsPerRow = Math.ceil(width / stride);
  const detections: Detection[] = [];
  for (const [anchor, score] of scores.entries()) {
    if (score < scoreMin) continue;
    const cell = Math.floor(anchor / anchorsPerCell);
    const x = (cell % cellsPerRow) * stride;
    const y = Math.floor(cell / cellsPerRow) * stride;
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(anchor * 4, anchor * 4 + 4);
    const point = (n: number): Point => ({
      x: x + (keypoints[(anchor * pointCount + n) * 2] ?? 0) * stride,
      y: y + (keypoints[(anchor * pointCount + n) * 2 + 1] ?? 0) * stride,
    });
    detections.push({
      x1: x - left * stride,
      y1: y - top * stride,
      x2: x + right * stride,
      y2: y + bottom * stride,
      score,
      landmarks: [point(0), point(1), point(2), point(3), point(4)],
    });
  }
  return detections;
}
