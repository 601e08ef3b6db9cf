// One photo's whole way through a real Knative, from zero pods to its thumbnail and back to zero. Not part of npm test.
// See README.md beside this file. `node test/knative/one-photo.ts [--photo FILE]`
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { logIn, signUp, waitUntilSettled, type ApiClient } from '#test/support/api-client.ts';
import { install, openInstallation } from './installation.ts';
import { readUse } from './pod-use.ts';

const { values } = parseArgs({
  options: {
    photo: { type: 'string', default: 'node_modules/@vladmandic/face-api/demo/sample1.jpg' },
  },
});

const say = (text: string) => console.log(text);
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work();
  say(`${name.padEnd(52)} ${seconds(performance.now() - start).padStart(9)}`);
  return result;
};

const start = performance.now();
await timed('services, migration, kubectl apply -k, until all is ready', install);
await using installation = await openInstallation();
const { pods } = installation;
await timed('until no pod is left', () => pods.waitForNone(600_000));

const folder = await mkdtemp(join(tmpdir(), 'darkroom-one-photo-'));
try {
  await followPhoto(installation.url, await makeUnique(values.photo, folder));
} finally {
  await rm(folder, { recursive: true, force: true });
}
await timed('until no pod is left again', () => pods.waitForNone(600_000));
say(`whole run ${seconds(performance.now() - start)}`);

/** A few bytes after its end make it a photo that was never uploaded before. */
async function makeUnique(photo: string, target: string): Promise<string> {
  const path = join(target, basename(photo));
  await writeFile(path, Buffer.concat([await readFile(photo), randomBytes(16)]));
  return path;
}

async function followPhoto(url: string, path: string): Promise<void> {
  await timed('first request to the API at zero', () => getPing(url));
  await timed('second request', () => getPing(url));
  const client = await timed('sign-up (or not), log-in, API key', () => logIn(url).catch(() => signUp(url)));
  const uploadedMs = Date.now();
  const { status, body } = await timed(`upload of ${basename(path)}`, () => client.upload(path));
  if (status !== 201) throw new Error(`the upload answered ${status}: ${JSON.stringify(body)}`);
  const thumbnail = await waitForThumbnail(client, body.id);
  const thumbnailMs = Date.now();
  await waitUntilSettled(client);
  const settledMs = Date.now();

  say('after the upload began:');
  for (const stage of ['metadata', 'thumbnail', 'faces', 'people']) {
    const pod = pods.find(`darkroom-${stage}`, uploadedMs);
    const times =
      pod === undefined
        ? 'was not needed'
        : `pod at ${seconds(pod.createdMs - uploadedMs)}, Ready in Kubernetes at ${seconds((pod.readyMs ?? Infinity) - uploadedMs)}`;
    say(`  ${stage.padEnd(50)} ${times}`);
  }
  say(`  ${'thumbnail served'.padEnd(50)} ${seconds(thumbnailMs - uploadedMs)}`);
  say(`  ${'all stages settled'.padEnd(50)} ${seconds(settledMs - uploadedMs)}`);
  await describeResult(client, body.id, path, thumbnail);
  await describeUse();
}

async function getPing(url: string): Promise<void> {
  const response = await fetch(`${url}/api/server/ping`);
  if (response.status !== 200) throw new Error(`ping answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

async function waitForThumbnail(client: ApiClient, id: string): Promise<Buffer> {
  for (const endMs = performance.now() + 180_000; performance.now() < endMs;) {
    const response = await client.fetch(`/assets/${id}/thumbnail`);
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status === 200) return body;
    if (response.status !== 404) throw new Error(`the thumbnail answered ${response.status}: ${body.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no thumbnail after three minutes');
}

interface Asset {
  width: number;
  height: number;
  thumbhash: string | null;
  people: unknown[];
  exifInfo: { make: string | null; model: string | null; dateTimeOriginal: string | null; city: string | null };
}

async function describeResult(client: ApiClient, id: string, path: string, thumbnail: Buffer): Promise<void> {
  const { format, width, height } = await sharp(thumbnail).metadata();
  say(`thumbnail: ${format} ${width} x ${height}, ${thumbnail.length} bytes`);
  const asset = await client.call<Asset>('GET', `/assets/${id}`);
  const { make, model, dateTimeOriginal, city } = asset.exifInfo;
  say(
    `asset: ${asset.width} x ${asset.height}, thumbhash ${asset.thumbhash}, ${make} ${model}, ${dateTimeOriginal}, ${city}`,
  );
  const original = await client.fetch(`/assets/${id}/original`);
  if (!Buffer.from(await original.arrayBuffer()).equals(await readFile(path))) throw new Error('the original changed');
  say('original: the same bytes');
  const queues = await waitUntilSettled(client);
  const failed = Object.entries(queues).filter(([, { jobCounts }]) => jobCounts.failed > 0);
  if (failed.length > 0) throw new Error(`failed stages: ${JSON.stringify(Object.fromEntries(failed))}`);
}

async function describeUse(): Promise<void> {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  say('memory (resident; working set) and CPU since the start of each container:');
  for (const use of await readUse()) {
    const name = `${use.name.replace(/-\d{5}-deployment-.*$/, '')} ${use.container}`;
    say(
      `  ${name.padEnd(50)} ${mebibytes(use.rssBytes).padStart(8)}; ${mebibytes(use.workingSetBytes).padStart(8)}, ${seconds(use.cpuMs)}`,
    );
  }
}
