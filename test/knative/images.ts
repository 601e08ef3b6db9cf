import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { list } from 'tar';

const dist = process.env['DARKROOM_LAB_IMAGES'] ?? join(import.meta.dirname, '../../dist');

/** The images of the last build by their names in manifests, with the tags of their contents. */
export async function listImages(): Promise<Record<string, string>> {
  const names = ['darkroom', 'postgres', 'minio', 'lab-node'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readReference(name)] as const)));
}

/** The reference of the image in `name`.tar of the last build. */
export async function readReference(name: string): Promise<string> {
  const archive = join(dist, `${name}.tar`);
  await access(archive);
  const chunks: Buffer[] = [];
  await list({
    file: archive,
    filter: (path) => path === 'manifest.json',
    onReadEntry: (entry) => entry.on('data', (chunk: Buffer) => chunks.push(chunk)),
  });
  const [image] = JSON.parse(Buffer.concat(chunks).toString()) as [{ RepoTags: [string] }];
  return image.RepoTags[0];
}
