import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseMillicores } from './cluster-facts.ts';

/** The requirements of a function, from its manifest. */
export interface FunctionManifest {
  name: string;
  requestMillicores: number;
  /** Networks whose `X-Forwarded-For` it trusts; empty for a function that does not use client addresses. */
  trustedProxies: readonly string[];
}

const knative = join(import.meta.dirname, '../../knative');

const manifest = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([
          z.object({
            env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
            resources: z.object({ requests: z.object({ cpu: z.string() }) }),
          }),
        ]),
      }),
    }),
  }),
});

/** The functions of the base and of `components`. */
export async function listFunctionManifests(components: readonly string[]): Promise<FunctionManifest[]> {
  const services = join(knative, 'base/services');
  const files = (await readdir(services)).map((name) => join(services, name));
  for (const name of components.filter((it) => it.startsWith('watch-')))
    files.push(join(knative, 'components', name, 'service.yaml'));
  return Promise.all(files.map(readFunctionManifest));
}

async function readFunctionManifest(file: string): Promise<FunctionManifest> {
  const { metadata, spec } = manifest.parse(parse(await readFile(file, 'utf8')));
  const [{ env, resources }] = spec.template.spec.containers;
  const trusted = env.find((it) => it.name === 'DARKROOM_TRUSTED_PROXIES')?.value ?? '';
  return {
    name: metadata.name,
    requestMillicores: parseMillicores(resources.requests.cpu),
    trustedProxies: trusted.split(',').filter((it) => it.includes('/')),
  };
}
