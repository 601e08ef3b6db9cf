import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface LibraryWatchOptions {
  /** Called with the absolute paths of changed folders. */
  onChange: (folders: string[]) => void;
  /** Called when changes may be missed from now on. */
  onLost: () => void;
  /** With more folders than this nothing is watched, since watches are a limited resource of the system. */
  foldersMax?: number;
  /** The time without changes before changes are reported, and the maximum delay of a report. */
  quietMs?: number;
  longestMs?: number;
}

/** Watches a folder tree on a local disk; a network file system does not report changes by others. */
export interface LibraryWatch extends Disposable {
  /** Whether all changes are reported. */
  readonly isComplete: boolean;
}

const isHidden = (name: string) => name.startsWith('.');

/** Watches `folder`. Never fails: scheduled scans cover folders that are missing or cannot be watched. */
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
  /** A watch follows its folder when that is moved, and another folder may take its path. */
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
    // New folders are watched before they are reported, so that no change is missed between the watch and the scan.
    for (const path of folders) await addTree(path);
    if (isComplete) onChange(folders);
  };
  /** Returns false if nothing is watched any more. */
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
