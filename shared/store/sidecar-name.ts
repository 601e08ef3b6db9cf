import { extname } from 'node:path';

const ending = '.xmp';

/** The key of the XMP sidecar that Darkroom keeps beside an original: `a.jpg.xmp`. */
export const sidecarOf = (originalKey: string): string => `${originalKey}${ending}`;

/**
 * The possible names of a sidecar that people put beside an original, the likeliest first: `a.jpg.xmp` or `a.xmp`, also
 * in capitals.
 */
export function listSidecarsOf(originalKey: string): string[] {
  const stem = originalKey.slice(0, originalKey.length - extname(originalKey).length);
  return [originalKey, stem].flatMap((name) => [ending, ending.toUpperCase()].map((it) => name + it));
}

/** Matches names of sidecars with PostgreSQL's `~*`. */
export const sidecarPattern = `[.]${ending.slice(1)}$`;
