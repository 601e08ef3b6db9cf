// `npm run lock:complete`: adds every optional build of every package to package-lock.json.
//
// If a registry does not serve a build for another platform, `npm install` silently drops it from the lock, and `npm ci`
// then rejects the lock everywhere. Added entries have no hash: npm uses them only on their platform.
import { readFile, writeFile } from 'node:fs/promises';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  bin?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, LockEntry>;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'wasm32'];

/** The optional packages that are missing in the lock, by the place where npm would look for them. */
export function listMissingBuilds({ packages }: Lock): Map<string, LockEntry> {
  const missing = new Map<string, LockEntry>();
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!/^\d/.test(version)) continue;
      const found = findPlace(packages, place, name);
      if (found !== undefined && packages[found]?.version === version) continue;
      const parent = found === undefined ? '' : place.slice(0, place.lastIndexOf('node_modules/'));
      const bin = findProgram(packages, place, Object.keys(entry.optionalDependencies ?? {}));
      missing.set(`${parent}node_modules/${name}`, {
        ...describeBuild(name, version, entry.dev === true),
        ...(bin && { bin }),
      });
    }
  }
  return missing;
}

/** The program that the other builds of the same package bring, for npm to link. */
function findProgram(packages: Lock['packages'], place: string, builds: readonly string[]) {
  return builds
    .map((name) => packages[findPlace(packages, place, name) ?? '']?.bin)
    .find((bin) => bin !== undefined && !Object.values(bin).some((it) => it.endsWith('.exe')));
}

/** Where Node and npm find `name` from `place`: the nearest node_modules above it. */
function findPlace(packages: Lock['packages'], place: string, name: string): string | undefined {
  for (let base = place; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (base === '') return undefined;
  }
}

function describeBuild(name: string, version: string, dev: boolean): LockEntry {
  const parts = name.split(/[-_/]/);
  const [cpu, os] = [processors.filter((it) => parts.includes(it)), systems.filter((it) => parts.includes(it))];
  return { version, ...(cpu.length > 0 && { cpu }), ...(dev && { dev }), optional: true, ...(os.length > 0 && { os }) };
}

if (import.meta.main) {
  const path = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(await readFile(path, 'utf8')) as Lock;
  let added = 0;
  // An added build may reveal that another version of it is required elsewhere.
  for (let missing = listMissingBuilds(lock); missing.size > 0; missing = listMissingBuilds(lock)) {
    Object.assign(lock.packages, Object.fromEntries(missing));
    added += missing.size;
  }
  const packages = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`${added} optional builds added`);
}
