import { randomUUID } from 'node:crypto';
import { createClient, type ApiClient } from '#test/support/api-client.ts';
import { openInstallation, type Installation } from '../installation.ts';
import { kubectl } from '../kubectl.ts';

/** An installation for faults, with a user of its own. */
export interface FaultLab extends AsyncDisposable {
  installation: Installation;
  administrator: ApiClient;
  phone: ApiClient;
  ownerId: string;
}

/** Faces are off by default, since they take half of the CPU and most faults do not involve them. */
export async function openFaultLab(settings: Record<string, string> = {}): Promise<FaultLab> {
  await configure({ DARKROOM_FACES: 'false', ...settings });
  const installation = await openInstallation();
  const administrator = await installation.client();
  const account = { email: `${randomUUID()}@example.org`, password: 'correct horse', name: 'A phone' };
  const { id } = await administrator.call<{ id: string }>('POST', '/admin/users', account);
  const login = await createClient(installation.url, {}).call<{ accessToken: string }>('POST', '/auth/login', account);
  const phone = createClient(installation.url, { authorization: `Bearer ${login.accessToken}` });
  return {
    installation,
    administrator,
    phone,
    ownerId: id,
    [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
  };
}

/** Changes the ConfigMap and removes the running pods, which have the old one. */
async function configure(settings: Record<string, string>): Promise<void> {
  const changed = await kubectl([
    'patch',
    'configmap',
    'darkroom',
    '--type=merge',
    '-p',
    JSON.stringify({ data: settings }),
  ]);
  if (!changed.includes('no change')) await killPods(await listPods());
}

/** Pods of Knative Services, by name. */
export async function listPods(service?: string): Promise<string[]> {
  const label = `serving.knative.dev/service${service === undefined ? '' : `=${service}`}`;
  return (await kubectl(['get', 'pods', '-l', label, '-o', 'name'])).split('\n').filter(Boolean);
}

/** Kills pods without grace, as a power cut of the node. */
export async function killPods(names: readonly string[]): Promise<void> {
  if (names.length > 0)
    await kubectl(['delete', ...names, '--grace-period=0', '--force', '--wait=false', '--ignore-not-found']);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Retries kubectl while the cluster's own webhooks do not answer, as on a busy machine. */
export async function kubectlPatiently(args: readonly string[]): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await kubectl(args);
    } catch (error) {
      if (attempt === 30 || !/failed calling webhook|etcdserver|timeout/.test(String(error))) throw error;
      await sleep(4000);
    }
  }
}
