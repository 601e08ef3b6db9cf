import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PGliteFiles, type FileNode, type FileStream, type NodeFileSystem } from '#shared/db/pglite-files.ts';

/** The disk operations of the database, in order; `file` is a permanent number of a file or folder, independent of its name. */
export type DiskOperation =
  | { kind: 'create'; file: number; path: string; isFolder: boolean }
  | { kind: 'rename'; file: number; from: string; to: string }
  | { kind: 'remove'; file: number; path: string }
  | { kind: 'write'; file: number; position: number; bytes: Buffer }
  | { kind: 'resize'; file: number; sizeBytes: number }
  | { kind: 'sync'; file: number };

export interface DiskFile {
  path: string;
  isFolder: boolean;
  content: Buffer;
}

/** The files of an embedded database, which record every system call. */
export class RecordingFiles extends PGliteFiles {
  readonly operations: DiskOperation[] = [];
  /** The files before the recording, by number. */
  readonly initial = new Map<number, DiskFile>();
  /** Thrown by every sync while it is set. */
  syncError: Error | undefined;
  private readonly numbers = new Map<string, number>();
  private readonly descriptors = new Map<number, number>();
  private count = 0;

  constructor(folder: string) {
    super(folder);
    this.take('', true);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      this.take(relative(folder, join(entry.parentPath, entry.name)), entry.isDirectory());
  }

  private take(path: string, isFolder: boolean): void {
    const content = isFolder ? Buffer.alloc(0) : readFileSync(join(this.rootDir, path));
    this.initial.set(this.numberAnew(path), { path, isFolder, content });
  }

  private numberAnew(path: string): number {
    this.numbers.set(path, this.count);
    return this.count++;
  }

  private numberOf(path: string): number {
    const number = this.numbers.get(path);
    if (number === undefined) throw new Error(`no file ${path} was seen`);
    return number;
  }

  private numberOpen(stream: FileStream): number {
    const number = this.descriptors.get(stream.nfd);
    if (number === undefined) throw new Error(`${stream.node.name} was not seen to be opened`);
    return number;
  }

  /** Installed below the hooks of the base class, so that the recorded order is that of the system calls. */
  protected override install(nodefs: NodeFileSystem): void {
    const { operations } = this;
    const { node_ops: nodes, stream_ops: streams } = nodefs;
    const pathOf = (node: FileNode) => relative(this.rootDir, nodefs.realPath(node));
    const { mknod, rename, unlink, rmdir, setattr } = nodes;
    nodes.mknod = (parent, name, mode, device) => {
      const node = mknod(parent, name, mode, device);
      const path = pathOf(node);
      operations.push({ kind: 'create', file: this.numberAnew(path), path, isFolder: (mode & 0o170000) === 0o040000 });
      return node;
    };
    nodes.rename = (node, newParent, newName) => {
      const [from, to] = [pathOf(node), join(pathOf(newParent), newName)];
      rename(node, newParent, newName);
      const file = this.numberOf(from);
      this.numbers.delete(from);
      this.numbers.set(to, file);
      operations.push({ kind: 'rename', file, from, to });
    };
    const remove = (act: (parent: FileNode, name: string) => void) => (parent: FileNode, name: string) => {
      act(parent, name);
      const path = join(pathOf(parent), name);
      operations.push({ kind: 'remove', file: this.numberOf(path), path });
      this.numbers.delete(path);
    };
    nodes.unlink = remove(unlink);
    nodes.rmdir = remove(rmdir);
    nodes.setattr = (node, attributes) => {
      setattr(node, attributes);
      if (attributes.size !== undefined)
        operations.push({ kind: 'resize', file: this.numberOf(pathOf(node)), sizeBytes: attributes.size });
    };
    const { open, write, setattr: setOpen } = streams;
    streams.open = (stream) => {
      open(stream);
      this.descriptors.set(stream.nfd, this.numberOf(pathOf(stream.node)));
    };
    streams.write = (stream, buffer, offset, length, position) => {
      const written = write(stream, buffer, offset, length, position);
      const bytes = Buffer.from(buffer.slice(offset, offset + written));
      operations.push({ kind: 'write', file: this.numberOpen(stream), position, bytes });
      return written;
    };
    streams.setattr = (stream, attributes) => {
      setOpen(stream, attributes);
      if (attributes.size !== undefined)
        operations.push({ kind: 'resize', file: this.numberOpen(stream), sizeBytes: attributes.size });
    };
    super.install(nodefs);
  }

  /** Does not sync: the simulated disk does not need it, and it would take most of the time. */
  protected override force(descriptor: number): void {
    if (this.syncError !== undefined) throw this.syncError;
    const file = this.descriptors.get(descriptor);
    if (file === undefined) throw new Error('what is synced was not seen to be opened');
    this.operations.push({ kind: 'sync', file });
  }
}
