import { fork, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { OpenDb } from '#shared/db/db.ts';
import { createAsset } from '#shared/assets/create-asset.ts';
import { newId } from '#shared/ids/ids.ts';
import { sweep } from '#functions/sweep/sweep.ts';
import { createClient, type ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { createEmbeddedDb } from '#test/support/embedded-db.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';
import { armFault, disarmFault, type Fault } from '#test/support/statement-faults.ts';
import type { UploadProcessOptions } from '#test/support/upload-process.ts';

interface Photo {
  bytes: Buffer<ArrayBuffer>;
  name?: string;
  fields?: Record<string, string>;
  sidecar?: string;
}

interface Uploaded {
  status: number;
  id: string;
  answer: string;
}

const date = '2024-05-06T07:08:09.000Z';

async function send(client: ApiClient, { bytes, name = 'a.jpg', fields = {}, sidecar }: Photo): Promise<Uploaded> {
  const form = new FormData();
  for (const [key, value] of Object.entries({ fileCreatedAt: date, fileModifiedAt: date, ...fields }))
    form.append(key, value);
  form.append('assetData', new Blob([bytes]), name);
  if (sidecar !== undefined) form.append('sidecarData', new Blob([sidecar]), `${name}.xmp`);
  const response = await client.fetch('/assets', { method: 'POST', body: form });
  const { id, status } = (await response.json()) as { id: string; status: string };
  return { status: response.status, id, answer: status };
}

/** Retries, as a client does, until the server has acknowledged the photo. */
async function sendUntilKept(client: ApiClient, photo: Photo): Promise<Uploaded> {
  for (let n = 0; n < 10; n += 1) {
    const uploaded = await send(client, photo);
    if (uploaded.status === 200 || uploaded.status === 201) return uploaded;
  }
  throw new Error('never acknowledged');
}

async function expectBytes(client: ApiClient, id: string, bytes: Buffer): Promise<void> {
  const response = await client.fetch(`/assets/${id}/original`);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
}

const listUploads = async (storeFolder: string) =>
  (await readdir(join(storeFolder, 'upload'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(storeFolder.length + 1))
    .toSorted();

const faults = (how: Fault['how'], at: number): Fault[] => [
  { at, when: 'before', how },
  { at, when: 'after', how },
];

interface Prepared {
  photo: Photo;
  /** The check after the photo is acknowledged. */
  check: (id: string) => Promise<void>;
}

type Prepare = (api: ApiApp, client: ApiClient & { userId: string }) => Promise<Prepared>;

const visibilityOf = async (client: ApiClient, id: string) =>
  (await client.call<{ visibility: string }>('GET', `/assets/${id}`)).visibility;

/** Uploads with different outcomes. */
const kinds: Record<string, Prepare> = {
  'of a live photo with a sidecar': async (_api, client) => {
    const video = await sendUntilKept(client, { bytes: randomBytes(900), name: 'a.mov' });
    const photo = {
      bytes: randomBytes(1000),
      sidecar: '<x:xmpmeta/>',
      fields: {
        livePhotoVideoId: video.id,
        metadata: JSON.stringify([{ key: 'mobile-app', value: { iCloudId: 'x' } }]),
      },
    };
    return { photo, check: async () => expect(await visibilityOf(client, video.id)).toBe('hidden') };
  },
  'of bytes whose file is missing': async ({ storeFolder }, client) => {
    const photo = { bytes: randomBytes(1000) };
    const { id } = await sendUntilKept(client, photo);
    const { originalPath } = await client.call<{ originalPath: string }>('GET', `/assets/${id}`);
    await rm(join(storeFolder, originalPath));
    return { photo, check: async (kept) => expect(kept).toBe(id) };
  },
  'of bytes that are only watched': async ({ db, store }, { userId: ownerId }) => {
    const photo = { bytes: randomBytes(1000) };
    const [id, key, fileDate] = [newId(), `library/ada/${newId()}.jpg`, new Date(date)];
    await store.put(key, photo.bytes);
    const version = (await store.find(key))?.version ?? '';
    const checksum = createHash('sha1').update(photo.bytes).digest();
    await createAsset(db, {
      store: 'folder',
      origin: { kind: 'found', version, ownerFolder: 'ada' },
      asset: {
        id,
        ownerId,
        type: 'IMAGE',
        checksum,
        originalPath: key,
        originalFileName: 'a.jpg',
        fileSizeInByte: photo.bytes.length,
        fileCreatedAt: fileDate,
        fileModifiedAt: fileDate,
        localDateTime: fileDate,
      },
    });
    return {
      photo,
      check: async (kept) => {
        expect(kept).toBe(id);
        await store.delete(key);
      },
    };
  },
  'of bytes in the trash': async (_api, client) => {
    const photo = { bytes: randomBytes(1000) };
    const { id } = await sendUntilKept(client, photo);
    await client.call('DELETE', '/assets', { ids: [id] });
    return { photo, check: async (kept) => expect(kept).toBe(id) };
  },
};

const openers: Record<OpenDb['kind'], () => Promise<OpenDb>> = {
  pglite: createEmbeddedDb,
  postgres: async () => connectPostgres({ url: (await (await sharedPostgres()).createDatabase()).url }),
};

function inOneProcess(kind: OpenDb['kind']): void {
  let opened: OpenDb;
  let api: ApiApp;
  beforeAll(async () => {
    opened = await openers[kind]();
    api = await openApiApp({ db: opened.db });
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  test.each(Object.entries(kinds))('an upload %s loses nothing', { timeout: 300_000 }, async (_name, prepare) => {
    const client = await api.newUser();
    const how = kind === 'pglite' ? 'error' : 'disconnect';
    let struck = 0;
    for (let at = 1, hasStruck = true; hasStruck; at += 1) {
      for (const fault of faults(how, at)) {
        const { photo, check } = await prepare(api, client);
        await api.ports.relay.settled();
        armFault(fault);
        await send(client, photo);
        hasStruck = disarmFault();
        struck += hasStruck ? 1 : 0;
        const { id } = await sendUntilKept(client, photo);
        await check(id);
        // A sweep as the only process, which treats all others as dead, must remove only leftovers.
        await sweep({ ...api.ports, holder: 'another' }, { isOnlyProcess: true });
        await expectBytes(client, id, photo.bytes);
      }
    }
    expect(struck).toBeGreaterThan(4);
    await expectWhole(api, client.userId);
  });
}

/** Every file belongs to an asset, every asset has its file, and the quota is their sum. */
async function expectWhole({ db, storeFolder }: ApiApp, userId: string): Promise<void> {
  const assets = await db
    .selectFrom('asset')
    .select(['id', 'originalPath', 'fileSizeInByte', 'status'])
    .where('ownerId', '=', userId)
    .execute();
  const sidecars = await db
    .selectFrom('asset_file')
    .select('path')
    .where(
      'assetId',
      'in',
      assets.map((it) => it.id),
    )
    .where('type', '=', 'sidecar')
    .execute();
  const known = [...assets.map((it) => it.originalPath), ...sidecars.map((it) => it.path)].toSorted();
  expect((await listUploads(storeFolder)).filter((it) => it.includes(userId))).toEqual(known);
  const objects = await db
    .selectFrom('stored_object')
    .select(['key', 'state'])
    .where('ownerId', '=', userId)
    .where('state', '!=', 'duplicate')
    .orderBy('key')
    .execute();
  expect(objects).toEqual(
    assets.map((it) => ({ key: it.originalPath, state: 'asset' })).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
  const { quotaUsageInBytes } = await db
    .selectFrom('user')
    .select('quotaUsageInBytes')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  expect(quotaUsageInBytes).toBe(assets.reduce((sum, it) => sum + it.fileSizeInByte, 0));
}

describe('a database that is lost at any statement, on PGlite', () => inOneProcess('pglite'));
describeWithService('postgres', 'a database that is lost at any statement, on PostgreSQL', () =>
  inOneProcess('postgres'),
);

const program = join(import.meta.dirname, '../support/upload-process.ts');

async function start(options: UploadProcessOptions) {
  const child = fork(program, [JSON.stringify(options)]);
  const [{ url, headers }] = (await once(child, 'message')) as [{ url: string; headers: Record<string, string> }];
  return { child, url, headers };
}

async function tell(child: ChildProcess, message: Fault | 'sweep'): Promise<void> {
  child.send(message);
  await once(child, 'message');
}

function inProcessesThatAreKilled(openDatabase: (folder: string) => Promise<UploadProcessOptions['database']>): void {
  test('a live photo with a sidecar loses nothing', { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-killed-'));
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => rm(folder, { recursive: true, force: true }));
    const [storeFolder, database] = [join(folder, 'files'), await openDatabase(folder)];
    const acknowledged = new Map<string, { bytes: Buffer; videoId?: string }>();
    let unsure: { photo: Photo; videoId: string } | undefined;
    let headers: Record<string, string> = {};
    let kills = 0;
    for (let at = 1, isOver = false; !isOver; at += 1) {
      for (const fault of faults('kill', at)) {
        const { child, ...started } = await start({ database, storeFolder, addsUser: kills === 0 });
        if (kills === 0) ({ headers } = started);
        const client = createClient(started.url, headers);
        if (unsure !== undefined) {
          const { id } = await sendUntilKept(client, unsure.photo);
          acknowledged.set(id, { bytes: unsure.photo.bytes, videoId: unsure.videoId });
          // Removes duplicate files.
          await tell(child, 'sweep');
        }
        await expectAcknowledged(client, storeFolder, acknowledged);
        const video = { bytes: randomBytes(900), name: 'a.mov' };
        const { id: videoId } = await sendUntilKept(client, video);
        acknowledged.set(videoId, { bytes: video.bytes });
        const photo = { bytes: randomBytes(1000), sidecar: '<x:xmpmeta/>', fields: { livePhotoVideoId: videoId } };
        unsure = { photo, videoId };
        await tell(child, fault);
        const ended = once(child, 'exit');
        isOver = await send(client, photo).then(
          ({ status }) => status === 201,
          () => false,
        );
        child.kill('SIGKILL');
        await ended;
        kills += 1;
      }
    }
    expect(kills).toBeGreaterThan(8);
  });
}

async function expectAcknowledged(
  client: ApiClient,
  storeFolder: string,
  acknowledged: ReadonlyMap<string, { bytes: Buffer; videoId?: string }>,
): Promise<void> {
  const files: string[] = [];
  for (const [id, { bytes, videoId }] of acknowledged) {
    await expectBytes(client, id, bytes);
    const { originalPath } = await client.call<{ originalPath: string }>('GET', `/assets/${id}`);
    files.push(originalPath, ...(videoId === undefined ? [] : [`${originalPath}.xmp`]));
    if (videoId !== undefined) expect(await visibilityOf(client, videoId)).toBe('hidden');
  }
  if (acknowledged.size > 0) expect(await listUploads(storeFolder)).toEqual(files.toSorted());
}

describe('a process that is killed at any statement, on PGlite', () =>
  inProcessesThatAreKilled(async (folder) => ({ folder: join(folder, 'database') })));
describeWithService('postgres', 'a process that is killed at any statement, on PostgreSQL', () =>
  inProcessesThatAreKilled(async () => ({ url: (await (await sharedPostgres()).createDatabase()).url })),
);
