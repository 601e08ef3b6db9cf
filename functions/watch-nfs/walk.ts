import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createExclusion } from '#shared/store/exclusion.ts';
import { codeOf, toFileFacts, visitFolder, type DirectoryFacts, type Tree, type Visit } from './directory-listing.ts';
import { guardRoot, type Guard } from './root-marker.ts';

/** A tree as it is told to another thread. */
export interface TreeSpec {
  path: string;
  prefix: string;
  exclusionPatterns: readonly string[];
}

export interface FolderToVisit {
  /** Path below the tree. */
  folder: string;
  /** Facts under which it need not be listed. */
  known?: DirectoryFacts;
}

/** What the thread that looks at files is asked. */
export type Question =
  | { kind: 'guard'; marker: string | null }
  | { kind: 'visit'; folders: readonly FolderToVisit[]; filesMax: number }
  | { kind: 'find'; paths: readonly string[] }
  | { kind: 'hash'; path: string; version: string };

export interface Answers {
  guard: Guard;
  /** Of the first folders, at least one, until there are `filesMax` files or it takes too long. */
  visit: Visit[];
  find: ('there' | 'gone' | 'unknown')[];
  /** Hexadecimal SHA-1; undefined if the file is not, or does not stay, what was asked for. */
  hash: string | undefined;
}

const answerMs = 5_000;

/** Answers by calls that block; `isAlive` is called every now and then. */
export function createWalk(spec: TreeSpec, isAlive: () => void): (question: Question) => Answers[keyof Answers] {
  let tree: Tree | undefined;
  const isExcluded = createExclusion(spec.exclusionPatterns);
  const getTree = () => (tree ??= { path: realpathSync(spec.path), prefix: spec.prefix, isExcluded });
  return (question) => {
    switch (question.kind) {
      case 'guard':
        return guardRoot(spec.path, question.marker);
      case 'visit':
        return visitFolders(getTree(), question, isAlive);
      case 'find':
        return question.paths.map((path) => {
          isAlive();
          return findFile(spec, getTree(), path);
        });
      case 'hash':
        return hashFile(getTree(), question.path, question.version, isAlive);
    }
  };
}

function visitFolders(
  tree: Tree,
  { folders, filesMax }: Extract<Question, { kind: 'visit' }>,
  isAlive: () => void,
): Visit[] {
  const started = performance.now();
  const visits: Visit[] = [];
  let files = 0;
  for (const { folder, known } of folders) {
    const visit = visitFolder(tree, folder, known, isAlive);
    isAlive();
    visits.push(visit);
    if (visit.outcome === 'listed') files += visit.files.length;
    if (files >= filesMax || performance.now() - started > answerMs) break;
  }
  return visits;
}

/** Whether a file is at an absolute path; one of this tree that is behind a symbolic link is not. */
function findFile(spec: TreeSpec, tree: Tree, path: string): 'there' | 'gone' | 'unknown' {
  const isOfTree = path.startsWith(`${spec.path}/`);
  const real = isOfTree ? tree.path + path.slice(spec.path.length) : path;
  try {
    if (!lstatSync(real).isFile()) return 'gone';
    return isOfTree && realpathSync(dirname(real)) !== dirname(real) ? 'gone' : 'there';
  } catch (error) {
    return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' ? 'gone' : 'unknown';
  }
}

const chunkBytes = 1_048_576;

function hashFile(tree: Tree, relativePath: string, version: string, isAlive: () => void): string | undefined {
  const path = join(tree.path, relativePath);
  let descriptor: number | undefined;
  try {
    // Not to hang on a pipe that took the file's place.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (process.platform === 'linux' && readlinkSync(`/proc/self/fd/${descriptor}`) !== path) return undefined;
    const versionNow = (held: number) => {
      const facts = fstatSync(held, { bigint: true });
      return facts.isFile() ? toFileFacts(relativePath, facts).version : undefined;
    };
    if (versionNow(descriptor) !== version) return undefined;
    const hash = createHash('sha1');
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const bytes = readSync(descriptor, buffer, 0, chunkBytes, null);
      if (bytes === 0) break;
      hash.update(buffer.subarray(0, bytes));
      isAlive();
    }
    return versionNow(descriptor) === version ? hash.digest('hex') : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
