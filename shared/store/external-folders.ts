import { access, lstat, realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { toFolderError } from './folder-errors.ts';
import { listFolder, toObjectInfo } from './folder-listing.ts';
import { resolveExisting } from './folder-paths.ts';
import { openInside, readFolderFile } from './folder-reader.ts';
import { FolderTimeout } from './folder-timeout.ts';
import { isWithin } from './location.ts';
import { parseStoreKey } from './store-key.ts';
import type { ByteRange, LocalFile, Store, ObjectInfo } from './store.ts';

/** A disk that has to spin up takes about ten seconds. */
const timeoutMs = 20_000;

export interface ExternalFoldersOptions {
  /** Absolute paths; each may itself be or lie behind a symbolic link, as mounts do. */
  folders: readonly string[];
  /** Darkroom's own folders: these, and everything below them, are never read. */
  except: readonly string[];
}

/**
 * Reads files by their absolute paths, only below the given folders. Symbolic links below a folder are not followed. A
 * missing folder is an error, not an empty listing: it may be a mount that is away.
 */
export class ExternalFolders implements Pick<Store, 'read' | 'find' | 'list' | 'toLocalFile'> {
  private readonly folders: readonly string[];
  private readonly except: readonly string[];
  private readonly timeout = new FolderTimeout(timeoutMs);

  constructor({ folders, except }: ExternalFoldersOptions) {
    this.folders = folders.toSorted((a, b) => b.length - a.length);
    this.except = except;
  }

  async read(location: string, range?: ByteRange): Promise<Readable> {
    return this.ask(location, async () => {
      const { root, key } = await this.resolve(location);
      return await readFolderFile(root, key, range);
    });
  }

  async find(location: string): Promise<ObjectInfo | undefined> {
    try {
      return await this.ask(location, async () => {
        const { root, key } = await this.resolve(location);
        const facts = await lstat(await resolveExisting(root, key), { bigint: true });
        return facts.isFile() ? toObjectInfo(location, facts) : undefined;
      });
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) return undefined;
      throw error;
    }
  }

  async *list(prefix: string, startAfter = ''): AsyncGenerator<ObjectInfo> {
    const folder = this.folderOf(prefix);
    if (folder === undefined) return;
    const root = await this.resolveFolder(folder);
    const keyOf = (location: string) => location.slice(folder.length + 1);
    try {
      for await (const found of listFolder(root, keyOf(prefix), keyOf(startAfter))) {
        if (await this.isExcepted(`${root}/${found.key}`)) continue;
        yield { ...found, key: `${folder}/${found.key}` };
      }
    } catch (error) {
      throw toFolderError(error, prefix);
    }
  }

  /**
   * Returns the path of the open file descriptor under /proc where the system has it, so that the file is the one that
   * was checked even if its path changes.
   */
  async toLocalFile(location: string): Promise<LocalFile> {
    return this.ask(location, async () => {
      const { root, key } = await this.resolve(location);
      const handle = await openInside(root, key);
      try {
        if (!(await handle.stat()).isFile()) throw new DarkroomError('store/not-found', `${location} is not a file`);
        const path = `/proc/${process.pid}/fd/${handle.fd}`;
        const isThere = await access(path).then(
          () => true,
          () => false,
        );
        return { path: isThere ? path : `${root}/${key}`, [Symbol.asyncDispose]: async () => await handle.close() };
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /** @throws store/invalid-key, store/not-found, store/unavailable */
  private async resolve(location: string): Promise<{ root: string; key: string }> {
    parseStoreKey(location.slice(1));
    const folder = this.folderOf(location);
    if (folder === undefined) {
      throw new DarkroomError('store/not-found', `${location} is below none of DARKROOM_EXTERNAL_FOLDERS`);
    }
    const root = await this.resolveFolder(folder);
    const key = location.slice(folder.length + 1);
    if (await this.isExcepted(`${root}/${key}`)) {
      throw new DarkroomError('store/not-found', `${location} is Darkroom's own`);
    }
    return { root, key };
  }

  private folderOf(location: string): string | undefined {
    return this.folders.find((it) => location.startsWith(`${it}/`));
  }

  private async resolveFolder(folder: string): Promise<string> {
    try {
      return await realpath(folder);
    } catch (cause) {
      throw new DarkroomError('store/unavailable', `The folder ${folder} is not there`, { cause });
    }
  }

  private async isExcepted(path: string): Promise<boolean> {
    for (const folder of this.except) {
      if (isWithin(path, await realpath(folder).catch(() => folder))) return true;
    }
    return false;
  }

  private async ask<Result>(location: string, act: () => Promise<Result>): Promise<Result> {
    try {
      return await this.timeout.wait(this.folderOf(location) ?? '', act);
    } catch (error) {
      throw toFolderError(error, location);
    }
  }
}
