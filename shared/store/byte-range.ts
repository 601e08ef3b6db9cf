import { DarkroomError } from '#shared/errors/errors.ts';
import type { ByteRange } from './store.ts';

/**
 * Clips a range to an object of `sizeBytes`: a range that ends beyond the object ends with it.
 * @throws range/not-satisfiable
 * @see RFC 9110, section 14.1.2
 */
export function resolveRange(range: ByteRange, sizeBytes: number): ByteRange {
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || start >= sizeBytes) {
    throw new DarkroomError('range/not-satisfiable', `bytes ${start}-${end} of ${sizeBytes}`);
  }
  return { start, end: Math.min(end, sizeBytes - 1) };
}
