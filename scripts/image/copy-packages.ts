import { cp, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/** Needed only by install scripts and the type checker. */
const unneededPackages = /^(?:@types\/.*|adm-zip|global-agent)$/;
const unneededFiles =
  /\.(?:[cm]?ts|map|md|pod)$|\/(?:sharp\/src|onnxruntime-node\/script|exiftool-vendored\.pl\/bin\/html|bcrypt\/(?:src|test|examples))(?:\/|$)/;
const prebuildFolder = /\/prebuilds\/([^/-]+)-([^/]+)/;
const nativeFolder = /\/onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/;

/**
 * Copies the packages `names` and their dependencies from `root`/node_modules to the folder `target`, in npm's layout.
 * Leaves out parts for other systems, types and texts.
 */
export async function copyPackages(root: string, names: readonly string[], target: string): Promise<void> {
  const source = join(root, 'node_modules');
  const found = new Set<string>();
  for (const name of names) await collect(root, name, root, found);
  for (const folder of found) {
    await cp(folder, join(target, relative(source, folder)), {
      recursive: true,
      // Nested packages are copied as separate entries of `found`.
      filter: (path) => path === folder || (!path.startsWith(join(folder, 'node_modules')) && isNeeded(path)),
    });
  }
}

async function collect(root: string, name: string, from: string, found: Set<string>): Promise<void> {
  const folder = await findPackage(root, name, from);
  // A missing optional dependency is one for another system.
  if (folder === undefined || found.has(folder)) return;
  found.add(folder);
  const { dependencies, optionalDependencies } = manifest.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
    if (!unneededPackages.test(needed)) await collect(root, needed, folder, found);
  }
}

/** The folder where Node finds `name` when `from` imports it. */
async function findPackage(root: string, name: string, from: string): Promise<string | undefined> {
  for (let at = from; at.startsWith(root); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    const exists = await stat(folder).then(
      () => true,
      () => false,
    );
    if (exists) return folder;
  }
  return undefined;
}

function isNeeded(path: string): boolean {
  if (unneededFiles.test(path)) return false;
  const [, platform = process.platform, architecture = process.arch] =
    nativeFolder.exec(path) ?? prebuildFolder.exec(path) ?? [];
  return platform === process.platform && architecture === process.arch;
}
