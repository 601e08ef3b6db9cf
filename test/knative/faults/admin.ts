import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { addressOf } from '../installation.ts';
import { kubectl, kubectlJson, namespace } from '../kubectl.ts';

const repository = join(import.meta.dirname, '../../..');

/** Runs `darkroom admin` here with the database, bucket and Broker of the installation. @throws its output */
export async function admin(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['functions/pod/function.ts', '--target=admin', '--', ...args], {
    cwd: repository,
    env: { PATH: process.env['PATH'], ...(await describeInstallation()) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode !== 0) throw new Error(`admin ${args.join(' ')}: ${err || out}`);
  return out.trim();
}

/** The settings of the ConfigMap, the Secret and the SinkBinding, with addresses that work on this computer. */
async function describeInstallation(): Promise<Record<string, string>> {
  const { data: secret } = await kubectlJson<{ data: Record<string, string> }>(['get', 'secret', 'darkroom']);
  const { data: config } = await kubectlJson<{ data: Record<string, string> }>(['get', 'configmap', 'darkroom']);
  const secrets = Object.fromEntries(
    Object.entries(secret).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
  return {
    ...config,
    ...secrets,
    DATABASE_URL: `postgres://postgres@${await addressOf('postgres')}:5432/postgres`,
    DARKROOM_MINIO_ENDPOINT: `http://${await addressOf('minio')}:9000`,
    K_SINK: await findBroker(),
  };
}

export async function findBroker(): Promise<string> {
  const url = new URL(await kubectl(['get', 'broker', 'darkroom', '-o', 'jsonpath={.status.address.url}']));
  const [service = '', of = namespace] = url.hostname.split('.');
  url.hostname = await kubectl(['-n', of, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}']);
  return url.href;
}
