import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { buffer } from 'node:stream/consumers';
import type { Store } from '#shared/store/store.ts';
import { FlowRecord } from './flow-record.ts';
import type { Installation } from './installation.ts';

/** A file that another program puts into a watched folder. */
export interface WatchedPhoto {
  key: string;
  bytes: Buffer;
  checksum: Buffer;
}

export interface FolderOwner {
  ownerId: string;
  label: string;
}

/** A user with a new folder below library/. */
export async function addFolderOwner(installation: Installation): Promise<FolderOwner> {
  const administrator = await installation.client();
  const label = `lab-${randomUUID().slice(0, 8)}`;
  const account = { email: `${label}@example.org`, password: 'correct horse', name: label, storageLabel: label };
  const { id } = await administrator.call<{ id: string }>('POST', '/admin/users', account);
  return { ownerId: id, label };
}

export function toWatched(label: string, photos: readonly { fileName: string; bytes: Buffer }[]): WatchedPhoto[] {
  return photos.map(({ fileName, bytes }, n) => ({
    // 100 files per folder, as on a camera.
    key: `library/${label}/${String(100 + Math.floor(n / 100))}LAB/${fileName}`,
    bytes,
    checksum: createHash('sha1').update(bytes).digest(),
  }));
}

export interface Flow {
  installation: Installation;
  owner: FolderOwner;
  photos: readonly WatchedPhoto[];
  /** Writes the photos to the watched place; resolves when it is done. */
  put: (photos: readonly WatchedPhoto[]) => Promise<void>;
  /** The store of their originals. */
  store: Pick<Store, 'read'>;
  timeoutMs: number;
}

/** Writes photos, waits until the last pod is gone, and checks that each photo is exactly one asset. */
export async function followWatched({ installation, owner, photos, put, store, timeoutMs }: Flow): Promise<string> {
  const { db, pods } = installation;
  await pods.waitForNone(600_000);
  const record = new FlowRecord(installation, owner.ownerId);
  await put(photos);
  const putMs = Date.now() - record.startMs;
  const isWhole = (it: { assets: number; thumbnails: number; open: number } | undefined) =>
    it !== undefined && it.assets >= photos.length && it.thumbnails >= photos.length && it.open === 0;
  await expect.poll(() => isWhole(record.samples.at(-1)), { timeout: timeoutMs, interval: 1000 }).toBe(true);
  const wholeMs = Date.now() - record.startMs;
  await pods.waitForNone(600_000);
  const noneMs = Date.now() - record.startMs;
  await record[Symbol.asyncDispose]();

  const assets = await db
    .selectFrom('asset')
    .select(['id', 'checksum', 'originalPath'])
    .where('ownerId', '=', owner.ownerId)
    .execute();
  const byPath = new Map(assets.map((it) => [it.originalPath, it]));
  const wrong = photos.filter(({ key, checksum }) => byPath.get(key)?.checksum.equals(checksum) !== true);
  expect(wrong.map((it) => it.key)).toEqual([]);
  expect(assets).toHaveLength(photos.length);
  const { rows } = await listUnsettled(installation, owner.ownerId);
  expect(rows).toEqual([]);
  for (const { key, bytes } of photos.filter((_, n) => n % 50 === 0))
    expect((await buffer(await store.read(key))).equals(bytes)).toBe(true);

  const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`;
  const first = record.secondsUntil((it) => it.thumbnails > 0);
  const ingested = record.secondsUntil((it) => it.assets >= photos.length);
  const rendered = record.secondsUntil((it) => it.thumbnails >= photos.length);
  return [
    `${photos.length} photos of ${Math.round((photos[0]?.bytes.length ?? 0) / 1024)} KiB, no two alike; from zero pods to zero pods. All are assets of the right owner with their bytes, none is missing and none there twice, every stage is done.`,
    `Put within ${seconds(putMs)}; first thumbnail after ${first} s, all of them assets after ${ingested} s, all thumbnails after ${rendered} s, all stages settled after ${seconds(wholeMs)}, no pod left after ${seconds(noneMs)}. CPU: ${await record.describeCpu()}.`,
    'Ready pods of each function:',
    record.describePods(),
  ].join('\n\n');
}

/** Stages of the owner's photos that are not done. */
async function listUnsettled({ db }: Installation, ownerId: string) {
  const rows = await db
    .selectFrom('asset')
    .innerJoin('asset_stage', 'asset_stage.assetId', 'asset.id')
    .select(['asset.originalPath', 'stage', 'state', 'reason'])
    .where('asset.ownerId', '=', ownerId)
    .where('state', '!=', 'done')
    .execute();
  return { rows };
}
