import { extname } from 'node:path';

const ending = '.xmp';

/** Where Darkroom keeps the XMP sidecar of an original: beside it, `a.jpg.xmp`. */
export const sidecarOf = (originalKey: string): string => `${originalKey}${ending}`;

/** Where people may have put the sidecar of an original, the likeliest first: `a.jpg.xmp` or `a.xmp`, also in capitals. */
export function listSidecarsOf(originalKey: string): string[] {
  const stem = originalKey.slice(0, originalKey.length - extname(originalKey).length);
  return [originalKey, stem].flatMap((name) => [ending, ending.toUpperCase()].map((it) => name + it));
}

/** For `~*` of PostgreSQL: names of sidecars. */
export const sidecarPattern = `[.]${ending.slice(1)}$`;
