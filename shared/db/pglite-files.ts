import { fstatSync, fsyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** Emscripten's file system on top of Node's, as far as it is used here. */
export interface NodeFileSystem {
  node_ops: {
    mknod: (parent: FileNode, name: string, mode: number, device: number) => FileNode;
    rename: (node: FileNode, newParent: FileNode, newName: string) => void;
    unlink: (parent: FileNode, name: string) => void;
    rmdir: (parent: FileNode, name: string) => void;
    setattr: (node: FileNode, attributes: { size?: number }) => void;
  };
  stream_ops: {
    open: (stream: FileStream) => void;
    setattr: (stream: FileStream, attributes: { size?: number }) => void;
    write: (stream: FileStream, buffer: Uint8Array, offset: number, length: number, position: number) => number;
    close: (stream: FileStream) => void;
    fsync?: (stream: FileStream) => number;
  };
  realPath: (node: FileNode) => string;
  /** Runs `act` and translates Node's errors to Emscripten's. */
  tryFSOperation: <Result>(act: () => Result) => Result;
}

export interface FileNode {
  name: string;
  parent: FileNode;
}

export interface FileStream {
  node: FileNode;
  /** The file descriptor of Node. */
  nfd: number;
}

interface Module {
  FS: { filesystems: { NODEFS: NodeFileSystem } };
}

/**
 * Parameters that make PostgreSQL call fsync here: PGlite's defaults turn fsync off, and fdatasync is not forwarded.
 */
export const syncParams: readonly string[] = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];

/** The longest time that a commit of `commitLater` may stay unsynced. */
const postponeMaxMs = 500;

/**
 * The files of the embedded database, with fsync: PGlite's own NodeFS has none.
 *
 * While `mayPostpone` is set, the sync of a segment of the write-ahead log is postponed: until the next commit that
 * waits, the next operation on any other file, or half a second. So the log always reaches the disk before the data it
 * describes, and a power cut loses only the end of the log. A process that is killed loses nothing.
 * @see PostgreSQL documentation, Reliability and the Write-Ahead Log
 */
export class PGliteFiles extends NodeFS {
  mayPostpone = false;
  /** Bytes of the log segments begun since the last reset to 0. */
  logBytes = 0;
  /** The first failed sync; afterwards nothing is written. */
  failure: Error | undefined;
  private postponed: FileStream | undefined;
  private segment: FileNode | undefined;
  private timer: NodeJS.Timeout | undefined;

  override async init(...[pglite, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const install = (module: unknown) => this.install((module as Module).FS.filesystems.NODEFS);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install] } };
  }

  override async closeFs(): Promise<void> {
    this.syncPostponed();
    await super.closeFs();
  }

  protected install(nodefs: NodeFileSystem): void {
    const { node_ops: nodes, stream_ops: streams } = nodefs;
    const before =
      <Args extends unknown[], Result>(act: (...args: Args) => Result, isOfLog?: (args: Args) => boolean) =>
      (...args: Args): Result => {
        if (this.failure !== undefined || (this.postponed !== undefined && isOfLog?.(args) !== true))
          nodefs.tryFSOperation(() => this.syncPostponed());
        return act(...args);
      };
    nodes.mknod = before(nodes.mknod);
    nodes.rename = before(nodes.rename);
    nodes.unlink = before(nodes.unlink);
    nodes.rmdir = before(nodes.rmdir);
    nodes.setattr = before(nodes.setattr);
    streams.setattr = before(streams.setattr);
    streams.close = before(streams.close, ([{ node }]) => node !== this.postponed?.node);
    streams.write = before(streams.write, ([{ node }]) => node === this.postponed?.node);
    streams.fsync = (stream) => {
      nodefs.tryFSOperation(() => this.sync(stream));
      return 0;
    };
  }

  private sync(stream: FileStream): void {
    const isSegment = isLogSegment(stream.node);
    if (isSegment && stream.node !== this.segment) {
      this.segment = stream.node;
      this.logBytes += fstatSync(stream.nfd).size;
    }
    if (isSegment && this.mayPostpone) this.postpone(stream);
    else {
      if (this.postponed?.node === stream.node) this.postponed = undefined;
      this.syncPostponed();
      this.forceOnce(stream.nfd);
    }
  }

  private postpone(stream: FileStream): void {
    if (this.postponed?.node !== stream.node) this.syncPostponed();
    this.postponed = stream;
    this.timer ??= setTimeout(() => {
      try {
        this.syncPostponed();
      } catch {
        // `failure` keeps the error: nothing is written after it.
      }
    }, postponeMaxMs).unref();
  }

  private syncPostponed(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const stream = this.postponed;
    this.postponed = undefined;
    if (stream !== undefined) this.forceOnce(stream.nfd);
    else if (this.failure !== undefined) throw this.failure;
  }

  /**
   * After a failed fsync the system may drop the unwritten pages and report success for the next fsync, so it is not
   * retried.
   */
  private forceOnce(descriptor: number): void {
    if (this.failure !== undefined) throw this.failure;
    try {
      this.force(descriptor);
    } catch (error) {
      this.failure = new Error('Writing to the disk failed', { cause: error });
      throw error;
    }
  }

  protected force(descriptor: number): void {
    fsyncSync(descriptor);
  }
}

function isLogSegment({ name, parent }: FileNode): boolean {
  return parent.name === 'pg_wal' && /^[0-9A-F]{24}$/.test(name);
}
