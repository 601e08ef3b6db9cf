const mostMissing = 1_000;
const mostMissingShare = 0.05;
/** So few may always be missing, of however few there are. */
const alwaysMissing = 10;

/**
 * True if of `known` objects so many are missing at once that the place where they lie is more likely to be at fault than
 * whoever has removed them: more than 1,000, or more than ten and 5 %.
 */
export function isMassLoss(missing: number, known: number): boolean {
  return missing > mostMissing || (missing > alwaysMissing && missing > mostMissingShare * known);
}
