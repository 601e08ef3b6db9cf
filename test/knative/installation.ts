import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import type { MinioOptions } from '#shared/store/minio-bucket.ts';
import { openMinioStore } from '#shared/store/minio-store.ts';
import type { Store } from '#shared/store/store.ts';
import { logIn, signUp, type ApiClient } from '#test/support/api-client.ts';
import { findDestination } from './ask.ts';
import { openHostDoor } from './host-door.ts';
import {
  applyKustomization,
  buildKustomization,
  kubectl,
  kubectlJson,
  namespace,
  type Kustomization,
} from './kubectl.ts';
import { PodWatch } from './pod-watch.ts';

/** Darkroom in the cluster. */
export interface Installation extends AsyncDisposable {
  /** A loopback address of the API, which sends the host name of the cluster. */
  readonly url: string;
  readonly pods: PodWatch;
  readonly db: Db;
  readonly store: Store;
  /** Logs in as the administrator, and creates the account if there is none. */
  client(): Promise<ApiClient & { apiKey: string }>;
}

/** The overlay under test, with the settings of a test cluster. */
export const underTest: Kustomization = {
  resources: ['knative/overlays/minio'],
  components: ['test/knative/lab'],
};

/**
 * Installs or updates PostgreSQL, MinIO and Darkroom as in docs/operations.md, and waits until all of them are ready.
 */
export async function install(kustomization: Partial<Kustomization> = {}): Promise<void> {
  await createNamespace();
  await applyKustomization({ resources: ['test/knative/lab/services'] });
  await waitForRollout('postgres', 'minio');
  // A Job cannot be changed.
  await kubectl(['delete', 'job', 'darkroom-migrate', '--ignore-not-found']);
  const manifests = await buildKustomization({ ...underTest, ...kustomization });
  await kubectl(['apply', '-l', 'app.kubernetes.io/name=darkroom-broker', '-f', '-'], manifests);
  await kubectl(['wait', 'broker,sinkbinding', '--all', '--for=condition=Ready', '--timeout=120s']);
  await kubectl(['apply', '-l', 'app.kubernetes.io/component!=trigger', '-f', '-'], manifests);
  await kubectl(['wait', 'ksvc', '--all', '--for=condition=Ready', '--timeout=300s']);
  await kubectl(['apply', '-f', '-'], manifests);
  await waitUntilReady();
}

async function createNamespace(): Promise<void> {
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
}

export async function waitForRollout(...deployments: string[]): Promise<void> {
  const names = deployments.map((name) => `deployment/${name}`);
  await kubectl(['rollout', 'status', ...names, '--timeout=180s']);
}

export async function waitUntilReady(): Promise<void> {
  const kinds = ['broker', 'trigger', 'sinkbinding', 'pingsource', 'ksvc'];
  for (const kind of kinds) await kubectl(['wait', kind, '--all', '--for=condition=Ready', '--timeout=300s']);
}

/** Removes the namespace with everything in it. */
export async function uninstall(): Promise<void> {
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s']);
}

/** Cluster address of a Service, which this computer must be able to reach. */
export async function addressOf(service: string): Promise<string> {
  const { spec } = await kubectlJson<{ spec: { clusterIP: string } }>(['get', 'service', service]);
  return spec.clusterIP;
}

/** Opens the installation of `install`. */
export async function openInstallation(): Promise<Installation> {
  await using stack = new AsyncDisposableStack();
  const pods = stack.use(new PodWatch());
  const { url, host } = await findDestination('darkroom-api');
  const door = stack.use(await openHostDoor(url, host));
  const postgres = await addressOf('postgres');
  const database = stack.use(connectPostgres({ url: `postgres://postgres@${postgres}:5432/postgres` }));
  const store = stack.use(await openMinioStore(await readMinioOptions()));
  const opened = stack.move();
  return {
    url: door.url,
    pods,
    db: database.db,
    store,
    client: () => logIn(door.url).catch(() => signUp(door.url)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The options for the lab's MinIO on this computer. */
export async function readMinioOptions(): Promise<MinioOptions> {
  const { data } = await kubectlJson<{ data: Record<string, string> }>(['get', 'secret', 'darkroom']);
  const secret = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
  return {
    endpoint: await addressOf('minio'),
    port: 9000,
    useTls: false,
    accessKey: secret('DARKROOM_MINIO_ACCESS_KEY'),
    secretKey: secret('DARKROOM_MINIO_SECRET_KEY'),
    bucket: 'darkroom',
    region: 'us-east-1',
  };
}
