import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildManifests, type Manifest } from '../support/kustomize.ts';
import { describeWithService } from '../support/services.ts';
import { isFunction, isWorkload, listFlagsNeeded, listViolations, type Workload } from './pods.ts';
import { loadSchemas } from './schemas.ts';

const knative = join(import.meta.dirname, '../../knative');
const overlays = await readdir(join(knative, 'overlays'));
const everything = 'everything at once, in a namespace of its own';
const namespace = 'somewhere';

/** The default requests of Kubernetes, Knative Serving with Kourier and Knative Eventing, and of each pod's queue-proxy. */
const knativeMillicores = 1625;
const queueProxyMillicores = 25;

const maxConnections = 100;
/** For superusers, for a migration, and for administration and backups. */
const reservedConnections = 3 + 1 + 8;

interface References {
  apiVersion: string;
  kind: string;
  name: string;
}

describeWithService('kustomize', 'the manifests', () => {
  const built = new Map<string, Manifest[]>();
  let schemas: Awaited<ReturnType<typeof loadSchemas>>;
  beforeAll(async () => {
    schemas = await loadSchemas();
    for (const name of overlays) built.set(name, await buildManifests(join(knative, 'overlays', name)));
    built.set(everything, await buildEverything());
  });

  const manifestsOf = (overlay: string) => built.get(overlay) ?? [];
  const functionsOf = (overlay: string) => manifestsOf(overlay).filter(isFunction);

  describe.each([...overlays, everything])('of %s', (overlay) => {
    test('pass the schemas of Kubernetes and Knative', () => {
      expect(manifestsOf(overlay).length).toBeGreaterThan(20);
      for (const manifest of manifestsOf(overlay)) expect(validate(manifest), nameOf(manifest)).toEqual([]);
    });

    test('have the recommended labels on each object and pod', () => {
      const labels = {
        'app.kubernetes.io/name': expect.stringMatching(/^darkroom-/) as string,
        'app.kubernetes.io/part-of': 'darkroom',
      };
      for (const manifest of manifestsOf(overlay)) {
        expect(manifest.metadata.labels, nameOf(manifest)).toMatchObject(labels);
        if (isWorkload(manifest)) expect(manifest.spec.template.metadata.labels).toMatchObject(labels);
      }
    });

    test('have no namespace', () => {
      for (const manifest of manifestsOf(overlay)) {
        expect(manifest.metadata.namespace, nameOf(manifest)).toBe(overlay === everything ? namespace : undefined);
        const { namespace: _, ...metadata } = manifest.metadata;
        expect(listKeys({ ...manifest, metadata }), nameOf(manifest)).not.toContain('namespace');
      }
    });

    test('refer only to objects of the manifests', () => {
      const ids = new Set(manifestsOf(overlay).map(nameOf));
      const references = manifestsOf(overlay).flatMap(listReferences);
      expect(references.length).toBeGreaterThan(20);
      for (const reference of references) expect(ids).toContain(reference);
    });

    test('pass the restricted pod standard, and mount no token of the cluster', () => {
      const workloads = manifestsOf(overlay).filter(isWorkload);
      expect(workloads.length).toBe(functionsOf(overlay).length + 1);
      for (const { spec, metadata } of workloads) {
        expect(listViolations(spec.template.spec), metadata.name).toEqual([]);
        expect(spec.template.spec.automountServiceAccountToken, metadata.name).toBe(false);
        for (const { securityContext } of spec.template.spec.containers)
          expect(securityContext?.readOnlyRootFilesystem, metadata.name).toBe(true);
      }
    });

    test('request CPU and memory of each pod and limit its memory, but not its CPU', () => {
      for (const { spec, metadata } of manifestsOf(overlay).filter(isWorkload)) {
        for (const { resources } of spec.template.spec.containers) {
          expect(Object.keys(resources?.requests ?? {}), metadata.name).toEqual(['cpu', 'memory']);
          expect(Object.keys(resources?.limits ?? {}), metadata.name).toEqual(['memory']);
        }
      }
    });

    test('have the same value for all time limits of a request', () => {
      for (const { spec, metadata } of functionsOf(overlay)) {
        const { timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds } = spec.template.spec;
        const isLong = [everything, 'long-requests'].includes(overlay) && metadata.name === 'darkroom-api';
        expect(timeoutSeconds, metadata.name).toBe(isLong ? 3600 : 600);
        expect(responseStartTimeoutSeconds, metadata.name).toBe(timeoutSeconds);
        expect(idleTimeoutSeconds, metadata.name).toBe(0);
      }
    });

    test('end a hanging process, and give decoding functions only their own keys', () => {
      const decoding = new Set(['metadata', 'thumbnail', 'faces', 'people'].map((it) => `darkroom-${it}`));
      for (const { spec, metadata } of functionsOf(overlay).filter((it) => decoding.has(it.metadata.name))) {
        const [container] = spec.template.spec.containers;
        expect(container?.livenessProbe?.httpGet?.path, metadata.name).toBe('/health/liveness');
        const secrets = (container?.envFrom ?? []).flatMap((it) => it.secretRef?.name ?? []);
        expect(secrets, metadata.name).toEqual(['darkroom', 'darkroom-decode']);
      }
    });

    test('need no more connections than a database has, also during an upgrade', () => {
      const connections = functionsOf(overlay).map((it) => maxScaleOf(it) * Number(envOf(it)['DARKROOM_DB_POOL']));
      const sum = connections.reduce((total, it) => total + it, 0);
      expect(sum).toBeGreaterThan(0);
      expect(2 * sum + reservedConnections).toBeLessThanOrEqual(maxConnections);
    });

    test('scale everything to zero, except one pod of the API where configured', () => {
      const isWarm = [everything, 'always-warm'].includes(overlay);
      for (const it of functionsOf(overlay)) {
        const expected = isWarm && it.metadata.name === 'darkroom-api' ? '1' : '0';
        expect(scaleOf(it)['autoscaling.knative.dev/min-scale'], it.metadata.name).toBe(expected);
      }
    });

    test('remove the migration Job before the next version', () => {
      const [job] = manifestsOf(overlay).filter((it) => it.kind === 'Job');
      expect(job).toMatchObject({ spec: { ttlSecondsAfterFinished: 300 } });
    });
  });

  test('fit on two cores beside a default Knative, with a pod of each function', () => {
    const requested = functionsOf('minio').map(({ spec }) => spec.template.spec.containers[0]?.resources?.requests);
    const millicores = requested.map((it) => Number.parseInt(it?.['cpu'] ?? '', 10) + queueProxyMillicores);
    expect(millicores.reduce((sum, it) => sum + it, 0)).toBeLessThanOrEqual(2000 - knativeMillicores);
  });

  test('of minio need no feature flags and no raised limits', () => {
    for (const it of functionsOf('minio')) expect(listFlagsNeeded(it), it.metadata.name).toEqual([]);
    expect(functionsOf('nfs').flatMap(listFlagsNeeded)).toContain('persistentVolumeClaim');
    expect(functionsOf('long-requests').flatMap(listFlagsNeeded)).toContain('3600 s');
  });

  test('of nfs mount the store writable only in functions that store or delete', () => {
    const writers = functionsOf('nfs').filter(({ spec }) => {
      const [claim] = (spec.template.spec.volumes ?? []).flatMap((it) => it.persistentVolumeClaim ?? []);
      const [mount] = (spec.template.spec.containers[0]?.volumeMounts ?? []).filter((it) => it.name === 'photos');
      expect(mount?.mountPath).toBe('/photos');
      expect(mount?.readOnly).toBe(claim?.readOnly);
      return claim?.readOnly !== true;
    });
    const names = writers.map((it) => it.metadata.name);
    expect(new Set(names)).toEqual(
      new Set(['darkroom-api', 'darkroom-people', 'darkroom-sweep', 'darkroom-thumbnail']),
    );
    for (const it of functionsOf('nfs'))
      expect(envOf(it)).toMatchObject({ DARKROOM_STORE: 'folder', DARKROOM_STORE_PATH: '/photos' });
  });

  test('of an external folder mount it read-only', () => {
    const claims = functionsOf(everything).flatMap(({ spec }) => spec.template.spec.volumes ?? []);
    const external = claims
      .flatMap((it) => it.persistentVolumeClaim ?? [])
      .filter((it) => it.claimName === 'darkroom-external');
    expect(external.length).toBeGreaterThan(0);
    for (const it of external) expect(it.readOnly).toBe(true);
  });

  test('have the networks of gateways at the place that docs/operations.md patches', () => {
    const api = functionsOf('minio').find((it) => it.metadata.name === 'darkroom-api');
    expect(api?.spec.template.spec.containers[0]?.env?.[0]?.name).toBe('DARKROOM_TRUSTED_PROXIES');
  });

  test('of domain give names only to the API', () => {
    const mappings = manifestsOf('domain').filter((it) => it.kind === 'DomainMapping');
    expect(mappings.length).toBe(2);
    for (const it of mappings) expect(it).toMatchObject({ spec: { ref: { name: 'darkroom-api' } } });
  });

  test('have a Broker that does not wait for a function, since functions get its address when they are created', () => {
    const brokers = [...built.values()].flat().filter((it) => it.kind === 'Broker');
    expect(brokers).toHaveLength(built.size);
    for (const broker of brokers) {
      expect(broker.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'darkroom-broker' });
      expect(JSON.stringify(broker)).not.toContain('"ref"');
    }
  });

  test('mark only the Triggers as applied after the functions', () => {
    const marked = (it: Manifest) => it.metadata.labels?.['app.kubernetes.io/component'] === 'trigger';
    for (const it of [...built.values()].flat()) expect(marked(it), nameOf(it)).toBe(it.kind === 'Trigger');
  });

  test('of kafka have a Broker of that class with its own settings', () => {
    const [broker] = manifestsOf('kafka').filter((it) => it.kind === 'Broker');
    expect(broker?.metadata.annotations).toEqual({ 'eventing.knative.dev/broker.class': 'Kafka' });
    expect(broker).toMatchObject({ spec: { config: { kind: 'ConfigMap', name: 'darkroom-kafka' } } });
  });

  test('with a misspelt field fail the check', () => {
    for (const manifest of manifestsOf(everything).filter((it) => it.kind !== 'ConfigMap')) {
      const { spec } = manifest as Manifest & { spec: object };
      expect(validate({ ...manifest, spec: { ...spec, shcedule: 1 } } as Manifest), nameOf(manifest)).not.toEqual([]);
    }
    const [api] = structuredClone(functionsOf('minio'));
    Object.assign(api?.spec.template.spec.containers[0]?.securityContext ?? {}, { runAsNonRot: true });
    expect(validate(api as Manifest)).not.toEqual([]);
  });

  function validate(manifest: Manifest): string[] {
    const check = schemas.get(`${manifest.apiVersion} ${manifest.kind}`)?.();
    if (check === undefined) return ['there is no schema for it'];
    if (check(manifest)) return [];
    return (check.errors ?? []).map((it) => `${it.instancePath} ${it.message} ${JSON.stringify(it.params)}`);
  }
});

/** A kustomization with all components. */
async function buildEverything(): Promise<Manifest[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-overlay-'));
  try {
    const toPath = (path: string) => relative(folder, join(knative, path));
    const components = ['external-folder', 'watch-minio', 'long-requests', 'kafka', 'domain', 'always-warm'];
    const content = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: [toPath('overlays/nfs')],
      components: components.map((name) => toPath(`components/${name}`)),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(content));
    return await buildManifests(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const nameOf = ({ apiVersion, kind, metadata }: Manifest) => `${apiVersion} ${kind} ${metadata.name}`;
const envOf = ({ spec }: Workload) =>
  Object.fromEntries((spec.template.spec.containers[0]?.env ?? []).map((it) => [it.name, it.value]));
const scaleOf = ({ spec }: Workload) => spec.template.metadata.annotations ?? {};
const maxScaleOf = (it: Workload) => Number(scaleOf(it)['autoscaling.knative.dev/max-scale']);

function listKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) => [...(Array.isArray(value) ? [] : [key]), ...listKeys(it)]);
}

/** All values at any depth that have the form of a reference to another object. */
function listReferences(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { apiVersion, kind, name } = value as Partial<References>;
  const isReference = [apiVersion, kind, name].every((it) => typeof it === 'string');
  const own = isReference ? [`${apiVersion} ${kind} ${name}`] : [];
  return [...own, ...Object.values(value).flatMap(listReferences)];
}
