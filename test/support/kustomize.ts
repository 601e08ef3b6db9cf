import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { servicesFolder } from './service-process.ts';

/** kustomize, and the schemas that its output must pass: `kubernetes/*.json` (OpenAPI) and `knative/*.yaml` (CRDs). */
export const manifestsFolder = join(servicesFolder, 'manifests-1.34.4-0.48.0-0.50.0');
/** If this program exists, all of them are installed. */
export const kustomizeProgram = join(manifestsFolder, 'kustomize');

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** The manifests that `kubectl apply -k` would apply. */
export async function buildManifests(folder: string): Promise<Manifest[]> {
  const { stdout } = await promisify(execFile)(kustomizeProgram, ['build', folder], { maxBuffer: 16 << 20 });
  return parseManifests(stdout);
}

export function parseManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text);
  return 'empty' in documents ? [] : documents.map((it) => it.toJS() as Manifest);
}
