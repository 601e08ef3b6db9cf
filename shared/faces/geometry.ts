export interface Point {
  x: number;
  y: number;
}

/** In pixels, or in fractions of a picture; right and bottom edge are exclusive. */
export interface Box {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface ScoredBox extends Box {
  /** 0 to 1. */
  score: number;
}

/** The five points of a detector that gives them: left eye, right eye, nose, left and right corner of the mouth, as seen. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

export interface Detection extends ScoredBox {
  landmarks?: FivePoints;
}

const area = ({ x1, y1, x2, y2 }: Box) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

function intersection(a: Box, b: Box): number {
  return area({
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
    x2: Math.min(a.x2, b.x2),
    y2: Math.min(a.y2, b.y2),
  });
}

/** Intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const common = intersection(a, b);
  const union = area(a) + area(b) - common;
  return union > 0 ? common / union : 0;
}

/**
 * The fraction of the smaller box that lies in the other, 0 to 1: near 1 for the boxes of a face and of a part of it.
 */
export function containment(a: Box, b: Box): number {
  const smaller = Math.min(area(a), area(b));
  return smaller > 0 ? intersection(a, b) / smaller : 0;
}

/** Non-maximum suppression: of boxes that are alike the one with the best score is kept. Returns the best first. */
export function suppress<T extends ScoredBox>(boxes: readonly T[], isAlike: (a: Box, b: Box) => boolean): T[] {
  const kept: T[] = [];
  for (const box of boxes.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((it) => isAlike(it, box))) kept.push(box);
  }
  return kept;
}
