/** Folders and files that a NAS, a synchronizer or an operating system keeps for itself, in lower case. */
const reserved = new Set([
  '@eadir',
  '@recycle',
  '@recently-snapshot',
  '@recovery',
  '#recycle',
  '#snapshot',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  'thumbs.db',
  'desktop.ini',
  '__macosx',
]);

/** Endings that copies have until they are complete. */
const unfinished = /(?:\.(?:part|partial|tmp|temp|crdownload|filepart|download|opdownload)|~)$/;

/**
 * True for names that no scan looks at: hidden ones (Syncthing's and rsync's temporary files, `.nfs*` of deleted files
 * that are still open, `._*` of macOS and Darkroom's own marker among them), folders of the system, and copies under way.
 */
export function isIgnored(name: string): boolean {
  if (name.startsWith('.') || name.startsWith('~syncthing~')) return true;
  const lower = name.toLowerCase();
  return reserved.has(lower) || unfinished.test(lower);
}
