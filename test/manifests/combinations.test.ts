import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listComponents } from '#scripts/cluster/list-components.ts';
import { buildManifests, type Manifest } from '../support/kustomize.ts';
import { describeWithService } from '../support/services.ts';
import { isFunction, type Workload } from './pods.ts';
import { loadSchemas } from './schemas.ts';

const knative = join(import.meta.dirname, '../../knative');
const stores = ['minio', 'nfs'];
/** Components that patch each other's resources: their order must not matter. */
const entangled = new Set(['watch-nfs', 'watch-minio', 'external-folder']);

interface Combination {
  overlay: string;
  components: string[];
}

/** All subsets, each in one order. */
function listSubsets(names: readonly string[]): string[][] {
  const [first, ...others] = names;
  if (first === undefined) return [[]];
  return listSubsets(others).flatMap((subset) => [subset, [first, ...subset]]);
}

function listOrders(names: readonly string[]): string[][] {
  if (names.length < 2) return [[...names]];
  return names.flatMap((first) => listOrders(names.filter((it) => it !== first)).map((others) => [first, ...others]));
}

describeWithService('kustomize', 'every combination of a store and components', () => {
  let folder = '';
  const combinations: Combination[] = [];
  let schemas: Awaited<ReturnType<typeof loadSchemas>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-combinations-'));
    schemas = await loadSchemas();
    const all = await readdir(join(knative, 'components'));
    for (const overlay of stores) {
      const own = new Set([...(await listComponents(join(knative, 'overlays', overlay))), ...stores]);
      for (const components of listSubsets(all.filter((it) => !own.has(it))))
        combinations.push({ overlay, components });
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  let count = 0;
  const build = async ({ overlay, components }: Combination): Promise<Manifest[]> => {
    const own = join(folder, String((count += 1)));
    await mkdir(own);
    const toPath = (path: string) => relative(own, join(knative, path));
    const content = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [toPath(`overlays/${overlay}`)],
      components: components.map((name) => toPath(`components/${name}`)),
    };
    await writeFile(join(own, 'kustomization.yaml'), JSON.stringify(content));
    return await buildManifests(own);
  };

  test('is valid, and every function has its store and volumes and can reach them', async () => {
    expect(combinations.length).toBe(2 * 2 ** 6);
    const faults: string[] = [];
    await forEach(combinations, async (combination) => {
      const name = [combination.overlay, ...combination.components].join(' + ');
      const manifests = await build(combination);
      for (const fault of listFaults(combination, manifests)) faults.push(`${name}: ${fault}`);
    });
    expect(faults).toEqual([]);
  }, 240_000);

  test('is the same for every order of the components', async () => {
    const differing: string[] = [];
    for (const { overlay, components } of combinations) {
      if (components.length < 2 || !components.every((it) => entangled.has(it))) continue;
      const built = await Promise.all(listOrders(components).map((order) => build({ overlay, components: order })));
      const texts = new Set(built.map((manifests) => JSON.stringify(manifests.map(sortLists).toSorted(byName))));
      if (texts.size > 1) differing.push(`${overlay} + ${components.join(' + ')}`);
    }
    expect(differing).toEqual([]);
  }, 120_000);

  function listFaults({ overlay, components }: Combination, manifests: readonly Manifest[]): string[] {
    const faults: string[] = [];
    for (const manifest of manifests) {
      const name = `${manifest.kind} ${manifest.metadata.name}`;
      const check = schemas.get(`${manifest.apiVersion} ${manifest.kind}`)?.();
      if (check === undefined) faults.push(`${name} has no schema`);
      else if (!check(manifest)) faults.push(`${name} is not valid`);
    }
    const claims = new Set(manifests.filter((it) => it.kind === 'PersistentVolumeClaim').map((it) => it.metadata.name));
    const ports = listPorts(manifests);
    for (const it of manifests.filter(isFunction)) {
      const name = it.metadata.name;
      const [container] = it.spec.template.spec.containers;
      const env = Object.fromEntries((container?.env ?? []).map((entry) => [entry.name, entry.value]));
      const paths = new Set((container?.volumeMounts ?? []).map(({ mountPath }) => mountPath));
      if (env['DARKROOM_STORE'] !== (overlay === 'nfs' ? 'folder' : 'minio')) faults.push(`${name} has no store`);
      if (overlay === 'nfs' && !paths.has('/photos')) faults.push(`${name} does not mount the photos`);
      if (env['DARKROOM_EXTERNAL_FOLDERS'] !== undefined && !paths.has('/mnt/external'))
        faults.push(`${name} does not mount the external folder`);
      for (const fault of listVolumeFaults(it, claims)) faults.push(`${name}: ${fault}`);
    }
    const watcher = manifests.find((it) => isFunction(it) && it.metadata.name === 'darkroom-watch-nfs');
    const isScanned = components.includes('external-folder') && watcher !== undefined;
    if (isScanned && !JSON.stringify(watcher).includes('/mnt/external'))
      faults.push('no function scans the external folder');
    const needsMinio = overlay === 'minio' || components.includes('watch-minio');
    if (needsMinio && !ports.has(9000)) faults.push('MinIO cannot be reached');
    return faults;
  }
});

function listVolumeFaults({ spec }: Workload, claims: ReadonlySet<string>): string[] {
  const { volumes = [], containers } = spec.template.spec;
  const names = new Set(volumes.map(({ name }) => name));
  const mounts = (containers[0]?.volumeMounts ?? []).map(({ name }) => name);
  return [
    ...(names.size < volumes.length ? ['two volumes have one name'] : []),
    ...mounts.filter((name) => !names.has(name)).map((name) => `no volume ${name}`),
    ...[...names].filter((name) => !mounts.includes(name)).map((name) => `${name} is mounted nowhere`),
    ...volumes
      .flatMap((it) => it.persistentVolumeClaim?.claimName ?? [])
      .filter((it) => !claims.has(it))
      .map((it) => `no claim ${it}`),
  ];
}

/** The ports to which every pod may connect. */
function listPorts(manifests: readonly Manifest[]): Set<number> {
  interface Policy extends Manifest {
    spec: { podSelector: { matchLabels: Record<string, string> }; egress?: { ports?: { port: number }[] }[] };
  }
  const ofAll = manifests
    .filter((it): it is Policy => it.kind === 'NetworkPolicy')
    .filter(({ spec }) => {
      const labels = Object.keys(spec.podSelector.matchLabels);
      return labels.length === 1 && labels[0] === 'app.kubernetes.io/part-of';
    });
  return new Set(
    ofAll
      .flatMap(({ spec }) => spec.egress ?? [])
      .flatMap((it) => it.ports ?? [])
      .map((it) => it.port),
  );
}

/** Sorts lists of named entries, whose order has no meaning in a cluster. */
function sortLists<T>(value: T): T {
  if (Array.isArray(value)) {
    const items = value.map(sortLists) as { name?: string }[];
    return items.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, sortLists(it)])) as T;
}

const byName = (a: Manifest, b: Manifest) => (`${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1);

async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await act(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}
