import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

const kustomization = z.object({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
});

/** Names of the components of a kustomization, including those of its resources. @throws config/invalid */
export async function listComponents(folder: string): Promise<string[]> {
  const { resources, components } = await readFile(join(folder, 'kustomization.yaml'), 'utf8').then(
    (text) => kustomization.parse(parse(text)),
    (cause: unknown) => {
      throw new DarkroomError('config/invalid', `${folder} is not a folder with a kustomization.yaml`, { cause });
    },
  );
  const folders = [...resources, ...components].filter((it) => !/\.ya?ml$/.test(it) && !it.includes('://'));
  const below = await Promise.all(folders.map((it) => listComponents(join(folder, it))));
  return [...new Set([...below.flat(), ...components.map((it) => basename(it))])];
}
