const mostMissing = 1_000;
const mostMissingShare = 0.05;
/** Up to this many missing objects are never a mass loss, however few objects there are. */
const alwaysMissing = 10;

/**
 * True if so many of `known` objects are missing at once that a fault of the folder or bucket is more likely than their
 * removal: more than 1,000, or more than ten and more than 5 %.
 */
export function isMassLoss(missing: number, known: number): boolean {
  return missing > mostMissing || (missing > alwaysMissing && missing > mostMissingShare * known);
}
