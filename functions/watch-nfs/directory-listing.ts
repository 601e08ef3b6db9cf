import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type BigIntStats,
  type Dirent,
} from 'node:fs';
import { basename, join } from 'node:path';
import { findFormat } from '#shared/media/formats.ts';
import { isStoreKey } from '#shared/store/store-key.ts';
import { isIgnored } from './ignore.ts';

/** A tree that is scanned. */
export interface Tree {
  /** Absolute, without a symbolic link in it. */
  path: string;
  /** Prefix that turns a file's path below `path` into its location: `library/`, or an absolute path with its slash. */
  prefix: string;
  isExcluded(location: string): boolean;
}

export interface DirectoryFacts {
  mtimeNs: bigint;
  ctimeNs: bigint;
}

export interface FileFacts {
  name: string;
  sizeBytes: number;
  /** The version that the folder store gives the file. */
  version: string;
  ctimeNs: bigint;
  inode: bigint;
}

export interface RefusedName {
  /** Bytes that are no UTF-8 are written `\xff`. */
  name: string;
  reason: string;
}

/** Counts of entries that are not looked at further. */
export interface PassedOver {
  ignored: number;
  excluded: number;
  links: number;
  unsupported: number;
}

/** A whole folder at one time. */
export interface Listing {
  outcome: 'listed';
  facts: DirectoryFacts;
  /** Names of the folders in it. */
  folders: string[];
  /** Photos, videos and sidecars. */
  files: FileFacts[];
  refused: RefusedName[];
  /** Names of entries whose facts could not be read. */
  unknown: string[];
  passedOver: PassedOver;
}

export type Visit =
  | Listing
  | { outcome: 'unchanged' }
  /** The folder does not exist, is not a folder, is left out, or is the same as one of the folders above it. */
  | { outcome: 'gone' }
  /** The folder could not be read: its known files stay as they are. */
  | { outcome: 'unknown'; reason: string };

/**
 * Looks at one folder by calls that block: lists it and asks for the facts of every file, so that READDIRPLUS works.
 * Nothing behind a symbolic link is ever looked at, not even when a folder becomes one meanwhile.
 * @param folder path below the tree; empty for its root
 * @param known facts under which it need not be listed again
 * @param isAlive called now and then while a large folder is read
 */
export function visitFolder(tree: Tree, folder: string, known?: DirectoryFacts, isAlive: () => void = () => {}): Visit {
  const path = folder === '' ? tree.path : join(tree.path, folder);
  try {
    const facts = lstatSync(path, { bigint: true });
    if (!facts.isDirectory() || isLeftOut(tree, folder)) return { outcome: 'gone' };
    if (known !== undefined && facts.mtimeNs === known.mtimeNs && facts.ctimeNs === known.ctimeNs)
      return { outcome: 'unchanged' };
    return listFolder(tree, folder, path, isAlive);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { outcome: 'gone' };
    return { outcome: 'unknown', reason: `${code}: ${JSON.stringify(folder)}` };
  }
}

/** The folder may be known from before it was excluded. */
function isLeftOut(tree: Tree, folder: string): boolean {
  return folder !== '' && (isIgnored(basename(folder)) || tree.isExcluded(tree.prefix + folder));
}

const openFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Reads the folder through an open descriptor, so that whatever replaces it under its name is not read. */
function listFolder(tree: Tree, folder: string, path: string, isAlive: () => void): Visit {
  const descriptor = openSync(path, openFlags);
  try {
    const held = holdsProc ? `/proc/self/fd/${descriptor}` : path;
    if (holdsProc && readlinkSync(held) !== path) {
      return { outcome: 'unknown', reason: `ELOOP: ${JSON.stringify(folder)} is behind a symbolic link` };
    }
    const facts = fstatSync(descriptor, { bigint: true });
    if (isLoop(tree, folder, facts)) return { outcome: 'gone' };
    const listing = newListing(facts);
    const entries = readdirSync(held, { withFileTypes: true, encoding: 'buffer' });
    const location = tree.prefix + (folder === '' ? '' : `${folder}/`);
    let seen = 0;
    for (const entry of entries) {
      addEntry(listing, { tree, held, location }, entry);
      seen += 1;
      if (seen % 1000 === 0) isAlive();
    }
    return listing;
  } finally {
    closeSync(descriptor);
  }
}

const holdsProc = process.platform === 'linux';

function newListing({ mtimeNs, ctimeNs }: BigIntStats): Listing {
  return {
    outcome: 'listed',
    facts: { mtimeNs, ctimeNs },
    folders: [],
    files: [],
    refused: [],
    unknown: [],
    passedOver: { ignored: 0, excluded: 0, links: 0, unsupported: 0 },
  };
}

interface Place {
  tree: Tree;
  held: string;
  location: string;
}

type BufferDirent = Dirent<Buffer>;

function addEntry(listing: Listing, place: Place, entry: BufferDirent): void {
  const { passedOver } = listing;
  const name = entry.name.toString('utf8');
  if (isIgnored(name)) return void (passedOver.ignored += 1);
  if (entry.isSymbolicLink()) return void (passedOver.links += 1);
  const format = findFormat(name);
  if (entry.isFile() && format === undefined) return void (passedOver.unsupported += 1);
  if (place.tree.isExcluded(place.location + name)) return void (passedOver.excluded += 1);
  const fault = findNameFault(entry.name, name, place.location);
  if (fault !== undefined) return void listing.refused.push(fault);
  if (entry.isDirectory()) return void listing.folders.push(name);
  addFile(listing, place, name, format !== undefined);
}

/** Reads the type from the file itself: some network file systems do not include it in the listing of the folder. */
function addFile(listing: Listing, { held }: Place, name: string, isKnown: boolean): void {
  let facts: BigIntStats;
  try {
    facts = lstatSync(`${held}/${name}`, { bigint: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') listing.unknown.push(name);
    return;
  }
  if (facts.isSymbolicLink()) listing.passedOver.links += 1;
  else if (facts.isDirectory()) listing.folders.push(name);
  else if (!facts.isFile() || !isKnown) listing.passedOver.unsupported += 1;
  else listing.files.push(toFileFacts(name, facts));
}

/** The facts by which a scan sees that a file changed. */
export function toFileFacts(name: string, facts: BigIntStats): FileFacts {
  return {
    name,
    sizeBytes: Number(facts.size),
    version: `${facts.mtimeNs.toString(16)}-${facts.size.toString(16)}`,
    ctimeNs: facts.ctimeNs,
    // A signed number, since the database has no unsigned ones.
    inode: BigInt.asIntN(64, facts.ino),
  };
}

function findNameFault(bytes: Buffer, name: string, location: string): RefusedName | undefined {
  if (name.includes('\u{fffd}') && !Buffer.from(name).equals(bytes)) {
    return { name: escapeBytes(bytes), reason: 'its name is not valid UTF-8' };
  }
  // An absolute location is a key behind its slash.
  if (isStoreKey((location + name).replace(/^\//, ''))) return undefined;
  const isLong = Buffer.byteLength(location + name) > 1_024;
  return { name, reason: isLong ? 'its path has more than 1,024 bytes' : 'its name has a control character' };
}

/** The name as text that shows every byte: what is valid stays, the others as `\xff`. */
function escapeBytes(bytes: Buffer): string {
  return Array.from(bytes.toString('latin1'), (char) => (char >= ' ' && char <= '~' ? char : hexOf(char))).join('');
}

const hexOf = (char: string) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** True if one of the folders above is this same folder: a bind mount of a tree into itself. */
function isLoop(tree: Tree, folder: string, { dev, ino }: BigIntStats): boolean {
  let above = folder;
  while (above !== '') {
    above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
    const facts = lstatSync(join(tree.path, above), { bigint: true });
    if (facts.ino === ino && facts.dev === dev) return true;
  }
  return false;
}

/** The code of an error of the operating system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}
