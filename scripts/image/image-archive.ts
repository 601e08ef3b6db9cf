import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create, type WriteEntry } from 'tar';

export interface ImageDescription {
  /** Without a tag, which is derived from the contents. */
  name: string;
  /** Root file systems; later ones overlay earlier ones. */
  layers: readonly string[];
  userId: number;
  env: Readonly<Record<string, string>>;
  entrypoint: readonly string[];
  workingFolder: string;
}

const epoch = new Date(0);
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Writes `file` in the format of `docker save`, and returns the image's reference, whose tag is a hash of the contents.
 * The same contents give the same bytes.
 * @see https://github.com/moby/docker-image-spec, combined image JSON and filesystem changeset format
 */
export async function writeImage(file: string, image: ImageDescription): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const folder = await mkdtemp(`${file}.draft-`);
  try {
    const layers: string[] = [];
    for (const layer of image.layers) layers.push(await packLayer(layer, folder));
    const config = JSON.stringify(describe(image, layers));
    const configHash = createHash('sha256').update(config).digest('hex');
    const reference = `${image.name}:${configHash.slice(0, 12)}`;
    const manifest = [
      { Config: `${configHash}.json`, RepoTags: [reference], Layers: layers.map((hash) => `${hash}.tar`) },
    ];
    await writeFile(join(folder, `${configHash}.json`), config);
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await pack(folder, `${file}.draft`);
    await rename(`${file}.draft`, file);
    return reference;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${file}.draft`, { force: true });
  }
}

/** Packs a root file system into `folder` with its SHA-256 as name, and returns the hash. */
async function packLayer(root: string, folder: string): Promise<string> {
  const draft = join(folder, 'layer');
  await pack(root, draft);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(draft)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  await rename(draft, join(folder, `${digest}.tar`));
  return digest;
}

/**
 * All files belong to root, have the same date and are readable by all users, so that the archive depends only on
 * contents, names and the executable bit, not on the time or the umask.
 */
async function pack(root: string, file: string): Promise<void> {
  const paths = (await Array.fromAsync(glob('**', { cwd: root }))).filter((path) => path !== '.').sort();
  const onWriteEntry = ({ stat }: WriteEntry) => {
    if (stat) stat.mode |= stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o555 : 0o444;
  };
  await create({ file, cwd: root, portable: true, mtime: epoch, noDirRecurse: true, onWriteEntry }, paths);
}

function describe(image: ImageDescription, layers: readonly string[]) {
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: epoch.toISOString(),
    config: {
      User: `${image.userId}:${image.userId}`,
      Env: Object.entries(image.env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: image.entrypoint,
      WorkingDir: image.workingFolder,
    },
    rootfs: { type: 'layers', diff_ids: layers.map((hash) => `sha256:${hash}`) },
    history: layers.map(() => ({ created: epoch.toISOString() })),
  };
}
