import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { manifestsFolder, parseManifests, type Manifest } from '../support/kustomize.ts';

interface Crd extends Manifest {
  spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: object } }[] };
}
interface OpenApi {
  components: { schemas: Record<string, KindSchema> };
}
interface KindSchema {
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

/** The schemas of the built-in kinds and of Knative's, by `apiVersion kind`. A field that no schema knows is an error. */
export async function loadSchemas(): Promise<ReadonlyMap<string, () => ValidateFunction>> {
  const found = new Map<string, () => ValidateFunction>();
  const add = (group: string, version: string, kind: string, schema: object) => {
    let compiled: ValidateFunction | undefined;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    found.set(`${apiVersion} ${kind}`, () => (compiled ??= ajv.compile(schema)));
  };
  for await (const file of glob(join(manifestsFolder, 'kubernetes/*.json'))) {
    const openApi = JSON.parse(await readFile(file, 'utf8')) as OpenApi;
    ajv.addSchema({ $id: file, ...(refuseUnknown(openApi) as object) });
    for (const [name, schema] of Object.entries(openApi.components.schemas)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? [])
        add(group, version, kind, { $ref: `${file}#/components/schemas/${name}` });
    }
  }
  for await (const file of glob(join(manifestsFolder, 'knative/*.yaml'))) {
    const [crd] = parseManifests(await readFile(file, 'utf8')) as Crd[];
    for (const { name, schema } of crd?.spec.versions ?? []) {
      const { group, names } = crd?.spec ?? { group: '', names: { kind: '' } };
      const { properties, ...root } = schema.openAPIV3Schema as { properties?: object };
      const header = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
      add(group, name, names.kind, refuseUnknown({ ...root, properties: { ...properties, ...header } }) as object);
    }
  }
  return found;
}

/** Rejects unknown fields as typing errors; the API server would drop or keep them. */
function refuseUnknown(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(refuseUnknown);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, refuseUnknown(value)]),
  );
  // A field may have the name `properties`: only a schema also has a type.
  const isClosed = copy['type'] === 'object' && typeof copy['properties'] === 'object';
  if (!isClosed || copy['additionalProperties'] !== undefined) return copy;
  const properties = copy['properties'] as Record<string, unknown>;
  // In the CRDs a delivery accepts any field because of this one, which they lack.
  const timeout = 'backoffDelay' in properties ? { timeout: { type: 'string' } } : {};
  return { ...copy, properties: { ...properties, ...timeout }, additionalProperties: false };
}
