// A third-party function on Darkroom's events: the sample of the documentation with another image.
import { randomBytes } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ask, findDestination } from './ask.ts';
import { keepFindings } from './findings.ts';
import { readReference } from './images.ts';
import { openInstallation } from './installation.ts';
import { applyKustomization, kubectl, namespace } from './kubectl.ts';

const photo = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo/sample1.jpg');
const sample = 'docs/samples/subscriber';
const name = 'photo-subscriber';

afterAll(async () => {
  for (const object of [`trigger/${name}`, `ksvc/${name}`, `secret/${name}`])
    await kubectl(['delete', object, '--ignore-not-found']);
});

test('the sample subscriber, at zero pods, gets the event of an uploaded photo and reads its name', async () => {
  await using installation = await openInstallation();
  const client = await installation.client();
  await kubectl(['delete', 'secret', name, '--ignore-not-found']);
  await kubectl(['create', 'secret', 'generic', name, `--from-literal=DARKROOM_API_KEY=${client.apiKey}`]);
  const url = `http://darkroom-api.${namespace}.svc.cluster.local`;
  await applyKustomization({
    resources: [sample],
    images: { 'ghcr.io/you/photo-subscriber': await readReference(name) },
    patches: [
      {
        target: { kind: 'Service', name },
        patch: JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: url }]),
      },
    ],
  });
  for (const object of [`ksvc/${name}`, `trigger/${name}`])
    await kubectl(['wait', object, '--for=condition=Ready', '--timeout=180s']);
  await expect.poll(countPods, { timeout: 180_000, interval: 2000 }).toBe(0);

  await using folder = await mkdtempDisposable(join(tmpdir(), 'darkroom-subscriber-'));
  const path = join(folder.path, 'framed.jpg');
  await writeFile(path, Buffer.concat([await readFile(photo), randomBytes(16)]));
  const startMs = performance.now();
  const { status, body } = await client.upload(path);
  expect(status).toBe(201);
  await expect.poll(countPods, { timeout: 120_000, interval: 500 }).toBeGreaterThan(0);
  const destination = await findDestination(name);
  const heard = async () =>
    JSON.parse((await ask(destination)).body) as { assetId: string; originalFileName: string }[];
  await expect
    .poll(heard, { timeout: 120_000, interval: 500 })
    .toContainEqual(expect.objectContaining({ assetId: body.id, originalFileName: 'framed.jpg' }));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  await keepFindings(
    '8-subscriber',
    "Somebody else's function",
    `The sample of docs/samples/subscriber, at zero pods: ${seconds} s after the upload began it had heard of the photo and asked the API for its name.`,
  );
}, 600_000);

async function countPods(): Promise<number> {
  const pods = await kubectl(['get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', 'name']);
  return pods.split('\n').filter(Boolean).length;
}
