import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface LibraryWatchOptions {
  /** Folders that have changed, by their absolute paths. */
  onChange: (folders: string[]) => void;
  /** Changes may pass unseen from now on. */
  onLost: () => void;
  /** With more folders than this nothing is watched: each takes some of what the system has for all of its programs. */
  foldersMax?: number;
  /** How long nothing must have changed before changes are told, and how long at most they are kept back. */
  quietMs?: number;
  longestMs?: number;
}

/** Watches every folder below one on a local disk; a network file system tells nothing of what others do. */
export interface LibraryWatch extends Disposable {
  /** Whether every change is seen. */
  readonly isComplete: boolean;
}

const isHidden = (name: string) => name.startsWith('.');

/** Watches `folder`. Never fails: what cannot be watched, or is not there, is looked through by the clock. */
export async function watchLibrary(folder: string, options: LibraryWatchOptions): Promise<LibraryWatch> {
  const { onChange, onLost, foldersMax = 4_000, quietMs = 1_000, longestMs = 10_000 } = options;
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let isComplete = true;
  let timer: NodeJS.Timeout | undefined;
  let firstChangeMs = 0;

  const close = () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
  const lose = () => {
    if (!isComplete) return;
    isComplete = false;
    close();
    onLost();
  };
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  /** A watch stays with its folder when that is moved: another one may have its place. */
  const forgetTree = (top: string) => {
    if (!watchers.has(top)) return;
    for (const path of watchers.keys()) if (path === top || path.startsWith(`${top}/`)) forget(path);
  };
  const note = (path: string) => {
    if (changed.size === 0) firstChangeMs = Date.now();
    changed.add(path);
    clearTimeout(timer);
    const delayMs = Math.max(0, Math.min(quietMs, firstChangeMs + longestMs - Date.now()));
    timer = setTimeout(() => void tell(), delayMs);
  };
  const tell = async () => {
    const folders = [...changed];
    changed.clear();
    // What is new is watched first, so that nothing passes between the scan and the watch.
    for (const path of folders) await addTree(path);
    if (isComplete) onChange(folders);
  };
  /** False if nothing is watched any more. */
  const add = (path: string): boolean => {
    if (watchers.size >= foldersMax && !watchers.has(path)) lose();
    if (watchers.has(path) || !isComplete) return isComplete;
    try {
      const watcher = watch(path, { persistent: false }, (event, name) => {
        if (event === 'rename' && name !== null) forgetTree(join(path, name));
        if (name === null || !isHidden(name)) note(path);
      });
      watcher.on('error', lose);
      watchers.set(path, watcher);
    } catch (error) {
      if (!isGone(error)) lose();
    }
    return isComplete;
  };
  const addTree = async (top: string) => {
    const waiting = [top];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (!add(path)) return;
      try {
        for (const entry of await readdir(path, { withFileTypes: true }))
          if (entry.isDirectory() && !isHidden(entry.name) && !watchers.has(join(path, entry.name)))
            waiting.push(join(path, entry.name));
      } catch (error) {
        if (!isGone(error)) lose();
        else {
          forget(path);
          if (path !== folder) note(dirname(path));
        }
      }
    }
  };

  const isFolder = await stat(folder).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) lose();
  await addTree(folder);
  return {
    get isComplete() {
      return isComplete;
    },
    [Symbol.dispose]: close,
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
