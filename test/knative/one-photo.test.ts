// All stages of one photo, from zero pods to its thumbnail and back to zero.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { median } from '#test/bench/figures.ts';
import { waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { keepFindings } from './findings.ts';
import { openInstallation, type Installation } from './installation.ts';
import { kubectlJson } from './kubectl.ts';
import { readUse } from './pod-use.ts';

const portrait = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo/sample1.jpg');
const rounds = 3;
const stages = ['metadata', 'thumbnail', 'faces', 'people'];

/** Milliseconds after the first request of the app. */
type Times = Record<string, number>;

test('a photo sent to an installation at zero has its thumbnail within seconds, and all is at zero again', async () => {
  await using installation = await openInstallation();
  const client = await installation.client();
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-one-photo-'));
  const seen: Times[] = [];
  let use = '';
  try {
    for (let round = 0; round < rounds; round++) {
      await installation.pods.waitForNone(600_000);
      expect(await listOtherPods()).toEqual(['minio', 'postgres']);
      seen.push(await followPhoto(installation, client, await makeUnique(folder, round)));
      use = await describeUse();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const goneMs = Date.now();
  await installation.pods.waitForNone(600_000);
  const rows = Object.keys(seen[0] ?? {}).map((name) => {
    const values = seen.map((it) => it[name]);
    const known = values.filter((it) => it !== undefined);
    return `| ${name} | ${seconds(median(known))} | ${values.map((it) => (it === undefined ? '–' : seconds(it))).join(', ')} |`;
  });
  const table = ['| after the first request | median | each |', '| --- | --- | --- |', ...rows].join('\n');
  const text = `A JPEG of 1920 x 1280 with two faces, sent by an app that knocks first (\`/.well-known/immich\`, \`/api/server/ping\`); nothing but PostgreSQL and MinIO had a pod before. The original is read back and compared. No pod is left ${seconds(Date.now() - goneMs)} after the last stage.\n\n${table}\n\n${use}`;
  await keepFindings('1-one-photo', 'One photo from zero pods', text);
  expect(Math.max(...seen.map((it) => it['ping answered'] ?? Infinity))).toBeLessThan(5000);
});

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Deployments with pods that do not belong to a Knative Service. */
async function listOtherPods(): Promise<string[]> {
  const { items } = await kubectlJson<{
    items: { metadata: { labels?: Record<string, string> }; status: { phase: string } }[];
  }>(['get', 'pods']);
  const running = items.filter((it) => it.status.phase === 'Running');
  return running.map((it) => it.metadata.labels?.['app'] ?? JSON.stringify(it.metadata.labels)).sort();
}

/** Random bytes after the end make the photo a new one. */
async function makeUnique(folder: string, round: number): Promise<string> {
  const path = join(folder, `${round}.jpg`);
  await writeFile(path, Buffer.concat([await readFile(portrait), randomBytes(16)]));
  return path;
}

async function followPhoto({ url, pods, db }: Installation, client: ApiClient, path: string): Promise<Times> {
  const startMs = Date.now();
  const times: Times = {};
  const note = (name: string) => void (times[name] = Date.now() - startMs);
  expect((await fetch(`${url}/.well-known/immich`)).status).toBe(200);
  note('knock answered');
  expect((await fetch(`${url}/api/server/ping`)).status).toBe(200);
  note('ping answered');
  const { status, body } = await client.upload(path);
  expect(status).toBe(201);
  note('upload acknowledged');
  await expect
    .poll(async () => (await client.fetch(`/assets/${body.id}/thumbnail`)).status, { timeout: 180_000, interval: 100 })
    .toBe(200);
  note('thumbnail served');
  await waitUntilSettled(client);
  note('all stages settled');
  const failed = await db
    .selectFrom('asset_stage')
    .selectAll()
    .where('assetId', '=', body.id)
    .where('state', '!=', 'done')
    .execute();
  expect(failed).toEqual([]);
  for (const stage of stages) {
    const pod = pods.find(`darkroom-${stage}`, startMs);
    if (pod?.readyMs === undefined) continue;
    times[`pod of ${stage} made`] = pod.createdMs - startMs;
    times[`pod of ${stage} ready`] = pod.readyMs - startMs;
  }
  const original = await client.fetch(`/assets/${body.id}/original`);
  expect(Buffer.from(await original.arrayBuffer()).equals(await readFile(path))).toBe(true);
  return times;
}

async function describeUse(): Promise<string> {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const rows = (await readUse()).map(({ name, container, rssBytes, cpuMs }) => {
    const pod = name.replace(/-(?:\d{5}-deployment-.*|[\da-f]{8,10}-\w{5})$/, '');
    return `| ${pod} ${container} | ${mebibytes(rssBytes)} | ${seconds(cpuMs)} |`;
  });
  return [
    '| container after the last photo | resident | CPU since its start |',
    '| --- | --- | --- |',
    ...rows.sort(),
  ].join('\n');
}
