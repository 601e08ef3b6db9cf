import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createExclusion } from '#shared/store/exclusion.ts';
import { codeOf, toFileFacts, visitFolder, type DirectoryFacts, type Tree, type Visit } from './directory-listing.ts';
import { guardRoot, type Guard } from './root-marker.ts';

/** A tree as it is passed to the thread. */
export interface TreeSpec {
  path: string;
  prefix: string;
  exclusionPatterns: readonly string[];
}

export interface FolderToVisit {
  /** Path below the tree. */
  folder: string;
  /** Facts with which it need not be listed again. */
  known?: DirectoryFacts;
}

/** Requests to the thread that looks at files. */
export type Question =
  | { kind: 'guard'; marker: string | null }
  | { kind: 'visit'; folders: readonly FolderToVisit[]; filesMax: number }
  | { kind: 'find'; paths: readonly string[] }
  | { kind: 'hash'; path: string; version: string };

export interface Answers {
  guard: Guard;
  /** Visits of the first folders, at least one, until there are `filesMax` files or 5 seconds are over. */
  visit: Visit[];
  find: ('there' | 'gone' | 'unknown')[];
  /** Hexadecimal SHA-1; undefined if the file does not have this version, or changes while it is read. */
  hash: string | undefined;
}

const answerMs = 5_000;

/** Answers with blocking calls; `isAlive` is called now and then. */
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

/** Whether there is a file at an absolute path; `gone` also if it is in this tree behind a symbolic link. */
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
    // O_NONBLOCK: does not wait for a pipe that replaced the file.
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
