import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { listImages } from './images.ts';

/** The namespace of a run, which is removed after it. */
export const namespace = process.env['DARKROOM_LAB_NAMESPACE'] ?? 'darkroom';
const repository = join(import.meta.dirname, '../..');

/** Runs kubectl in the namespace of the run (a later `-n` takes precedence) and returns its output. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile('kubectl', ['-n', namespace, ...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
    error === null ? resolve(stdout) : reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`)),
  );
  child.stdin?.end(input ?? '');
  return await promise;
}

export async function kubectlJson<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl([...args, '-o', 'json'])) as T;
}

export interface Kustomization {
  /** Folders of the repository, from its root. */
  resources: readonly string[];
  components?: readonly string[];
  patches?: readonly object[];
  /** References of images by their names in manifests; default: those of listImages. */
  images?: Readonly<Record<string, string>>;
}

/** Applies folders of the repository in the namespace of the run, with the images of the last build. */
export async function applyKustomization(kustomization: Kustomization): Promise<void> {
  await kubectl(['apply', '-f', '-'], await buildKustomization(kustomization));
}

export async function buildKustomization(options: Kustomization): Promise<string> {
  const { resources, components = [], patches = [], images = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-lab-'));
  try {
    const toPath = (path: string) => relative(folder, join(repository, path));
    const references = Object.entries({ ...(await listImages()), ...images });
    const content = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: resources.map(toPath),
      components: components.map(toPath),
      patches,
      images: references.map(([name, reference]) => {
        const [newName, newTag] = reference.split(/:(?=[^/:]*$)/);
        return { name, newName, newTag };
      }),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(content));
    return await kubectl(['kustomize', folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
