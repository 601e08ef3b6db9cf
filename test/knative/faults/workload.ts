import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { peoplePictures } from '#test/fixtures/people-pictures.ts';
import type { ApiClient } from '#test/support/api-client.ts';

export interface Photo {
  fileName: string;
  /** Photos of one scene show the same. */
  scene: number;
  bytes: Buffer;
  /** SHA-1 in hex. */
  checksum: string;
}

/** The acknowledged uploads, and all responses. */
export interface Uploads {
  /** The asset of a 201 or 200, by checksum. */
  acknowledged: Map<string, string>;
  /** The number of each response. */
  answers: Map<string, number>;
  tookMs: number;
}

/** DARKROOM_LAB_PHOTOS, or `usual` if it is not set. */
export const countPhotos = (usual: number): number => Number(process.env['DARKROOM_LAB_PHOTOS'] ?? usual);

const distinctScenes = 24;

/** JPEGs as of a camera, all different. */
export async function takePhotos(count: number): Promise<Photo[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
  try {
    const taken = await makeCameraPhotos(folder, Math.min(count, distinctScenes), { megapixels: 0.3, seed: 7 });
    return multiply(await Promise.all(taken.map((it) => readFile(it.path))), count);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Pictures of groups of people, repeated with different bytes. */
export async function takePhotosOfPeople(count: number): Promise<Photo[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
  try {
    const scenes = Object.values(peoplePictures).map(async ({ fileName, write }) => {
      await write(join(folder, fileName));
      return await readFile(join(folder, fileName));
    });
    return multiply(await Promise.all(scenes), count);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Random bytes after the end make each photo unique. The n-th shows the scene `n % scenes.length`. */
function multiply(scenes: readonly Buffer[], count: number): Photo[] {
  return Array.from({ length: count }, (_, n) => {
    const bytes = Buffer.concat([scenes[n % scenes.length] ?? Buffer.alloc(0), randomBytes(16)]);
    const checksum = createHash('sha1').update(bytes).digest('hex');
    return { fileName: `IMG_${n}.JPG`, scene: n % scenes.length, bytes, checksum };
  });
}

export interface WorkloadOptions {
  concurrency?: number;
  /** Uploads are not retried after this time. */
  giveUpMs?: number;
  onAcknowledged?: (count: number) => void;
}

/**
 * Sends every photo as the phone app does, with retries after a connection error or a 5xx, until each is acknowledged.
 * @throws on any other status, which would make an app give up or wipe its data
 */
export async function uploadAll(
  client: ApiClient,
  photos: readonly Photo[],
  { concurrency = 6, giveUpMs = 25 * 60_000, onAcknowledged }: WorkloadOptions = {},
): Promise<Uploads> {
  const start = performance.now();
  const uploads: Uploads = { acknowledged: new Map(), answers: new Map(), tookMs: 0 };
  const waiting = [...photos];
  const count = (answer: string) => uploads.answers.set(answer, (uploads.answers.get(answer) ?? 0) + 1);
  const work = async () => {
    for (let photo = waiting.shift(); photo !== undefined; photo = waiting.shift()) {
      for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 4000)) {
        const { answer, status, id } = await uploadOnce(client, photo);
        count(answer);
        if (id !== undefined) {
          uploads.acknowledged.set(photo.checksum, id);
          onAcknowledged?.(uploads.acknowledged.size);
          break;
        }
        if (status !== 0 && status < 500) throw new Error(`an upload answered ${answer}`);
        if (performance.now() - start > giveUpMs) throw new Error(`still ${answer} after ${giveUpMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { ...uploads, tookMs: performance.now() - start };
}

/**
 * Sends the photos, starts `trouble` when `share` of them are acknowledged, and sends further ones until it is over.
 * Returns all uploads, and the result of `trouble`.
 */
export async function uploadDuring<T>(
  client: ApiClient,
  photos: readonly Photo[],
  trouble: () => Promise<T>,
  { share = 0.25, ...options }: WorkloadOptions & { share?: number } = {},
): Promise<{ uploads: Uploads; outcome: T }> {
  const over = new AbortController();
  const beginning = Promise.withResolvers<T>();
  beginning.promise.catch(() => {});
  const onAcknowledged = (count: number) => {
    if (count !== Math.max(1, Math.floor(photos.length * share))) return;
    beginning.resolve(trouble().finally(() => over.abort()));
  };
  const uploads = await uploadAll(client, photos, { ...options, onAcknowledged });
  while (!over.signal.aborted) {
    const more = await uploadAll(client, await takePhotos(20), options);
    for (const [checksum, id] of more.acknowledged) uploads.acknowledged.set(checksum, id);
    for (const [answer, times] of more.answers) uploads.answers.set(answer, (uploads.answers.get(answer) ?? 0) + times);
    uploads.tookMs += more.tookMs;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return { uploads, outcome: await beginning.promise };
}

interface Attempt {
  /** The response as text for reports. */
  answer: string;
  /** 0 without a response. */
  status: number;
  id?: string;
}

async function uploadOnce(client: ApiClient, { fileName, bytes, checksum }: Photo): Promise<Attempt> {
  const now = new Date().toISOString();
  const form = new FormData();
  form.set('fileCreatedAt', now);
  form.set('fileModifiedAt', now);
  form.set('assetData', new Blob([new Uint8Array(bytes)]), fileName);
  const headers = { ...client.headers, 'x-immich-checksum': checksum };
  try {
    const init = { method: 'POST', headers, body: form, signal: AbortSignal.timeout(120_000) };
    const response = await fetch(`${client.url}/api/assets`, init);
    return describeAnswer(response, await response.text());
  } catch (error) {
    return { status: 0, answer: describeBreak(error) };
  }
}

function describeAnswer({ status, headers }: Response, body: string): Attempt {
  const type = (headers.get('content-type') ?? 'no content type').split(';')[0] ?? '';
  if (type !== 'application/json') return { status, answer: `${status} ${type} ${body.slice(0, 60)}`.trim() };
  const parsed = JSON.parse(body) as { id?: string; message?: string; status?: string };
  const answer = `${status} JSON ${parsed.message ?? parsed.status ?? ''}`;
  return (status === 200 || status === 201) && parsed.id !== undefined
    ? { status, answer, id: parsed.id }
    : { status, answer };
}

function describeBreak(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return `connection: ${'code' in cause ? String(cause.code) : cause.message}`;
  return `connection: ${error instanceof Error ? error.name : String(error)}`;
}

/** `201 JSON created: 60; connection: UND_ERR_SOCKET: 3`. */
export function tellAnswers({ answers }: Pick<Uploads, 'answers'>): string {
  const sorted = [...answers].sort(([, a], [, b]) => b - a);
  return sorted.map(([answer, times]) => `${answer}: ${times}`).join('; ');
}
