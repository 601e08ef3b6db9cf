import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { EmscriptenBuiltinFilesystem } from '@electric-sql/pglite/basefs';

interface Module {
  FS: { mkdirTree(path: string): void; writeFile(path: string, bytes: Uint8Array): void };
}

/** The files of an embedded database in memory, filled with the content of a disk. */
export class MemoryDisk extends EmscriptenBuiltinFilesystem {
  private readonly state: ReadonlyMap<string, Buffer | 'folder'>;

  constructor(state: ReadonlyMap<string, Buffer | 'folder'>) {
    super();
    this.state = state;
  }

  override async init(
    ...[pglite, options]: Parameters<EmscriptenBuiltinFilesystem['init']>
  ): ReturnType<EmscriptenBuiltinFilesystem['init']> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const fill = (module: unknown) => this.fill((module as Module).FS);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), fill] } };
  }

  private fill(fs: Module['FS']): void {
    for (const [path, it] of [...this.state].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const place = join(PGlite.paths.PGDATA, path);
      if (it === 'folder') fs.mkdirTree(place);
      // A copy, because Emscripten keeps the memory of a Buffer and writes into it.
      else fs.writeFile(place, new Uint8Array(it));
    }
  }
}
