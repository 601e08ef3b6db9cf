import type { Detection } from './geometry.ts';
import type { PlainDetector } from './model-set.ts';
import type { NumberTensor } from './tensor.ts';

/**
 * Decodes outputs of [1, n, 2] scores and [1, n, 4] boxes to boxes in pixels of the detector's input, before
 * non-maximum suppression.
 */
export function decodePlain(outputs: readonly NumberTensor[], detector: PlainDetector, scoreMin: number): Detection[] {
  const scores = outputs.find(({ dims }) => dims.at(-1) === 2)?.data ?? new Float32Array();
  const boxes = outputs.find(({ dims }) => dims.at(-1) === 4)?.data ?? new Float32Array();
  const detections: Detection[] = [];
  for (let n = 0; n * 4 < boxes.length; n++) {
    const score = scores[n * 2 + 1] ?? 0;
    if (score < scoreMin) continue;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(n * 4, n * 4 + 4);
    const { width, height } = detector;
    detections.push({ x1: x1 * width, y1: y1 * height, x2: x2 * width, y2: y2 * height, score });
  }
  return detections;
}
