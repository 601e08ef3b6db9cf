import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Config } from '#shared/config/config.ts';
import { createLibrary } from '#shared/libraries/library.ts';
import { listScanRoots, takeScanRoot } from '#shared/scans/scan-root.ts';
import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import type { EventHandler, EventReply } from '#shared/events/receive.ts';
import { newId } from '#shared/ids/ids.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addUser } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
let handler: EventHandler;
let folder: string;
let external: string;

beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'darkroom-watch-')));
  external = join(folder, 'external');
  mkdirSync(external);
  mkdirSync(join(folder, 'store'));
  // Too short to wait for files to settle.
  await configure({ DARKROOM_SCAN_SLICE_SECONDS: 9 });
});
afterEach(async () => {
  for (const table of ['scan_root', 'outbox', 'library'] as const) await platform.db.deleteFrom(table).execute();
  rmSync(folder, { recursive: true, force: true });
});

async function configure(more: Partial<Config>): Promise<void> {
  const folders = { DARKROOM_STORE_PATH: join(folder, 'store'), DARKROOM_EXTERNAL_FOLDERS: [external] };
  handler = await fn.create({ ...platform, config: { ...platform.config, ...folders, ...more } });
}

function put(path: string, text = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const tick = (schedule: string) =>
  handler(
    {
      headers: {
        'ce-specversion': '1.0',
        'ce-id': newId(),
        'ce-type': pingType,
        'ce-source': '/pings',
        'ce-schedule': schedule,
        'content-type': 'application/json',
      },
      body: Buffer.from('{}'),
    },
    new AbortController().signal,
  );

function request(data: { libraryId?: string; path?: string; full?: boolean }): Promise<EventReply> {
  const type = 'photos.darkroom.scan.requested.v1';
  return deliver(handler, {
    id: newId(),
    type,
    source: '/test',
    subject: 'test',
    time: new Date().toISOString(),
    data,
  });
}

/** Sends the function its own replies until it is done. */
async function follow(asked: Promise<EventReply>): Promise<{ slices: number; status: number }> {
  let reply = await asked;
  let slices = 1;
  for (; reply.status === 200; slices += 1) {
    expect(reply.headers['ce-type']).toBe('photos.darkroom.scan.unfinished.v1');
    expect(slices).toBeLessThan(500);
    reply = await handler(
      { headers: reply.headers, body: Buffer.from(reply.body ?? '') },
      new AbortController().signal,
    );
  }
  return { slices, status: reply.status };
}

/** Moves every observation a minute into the past. */
async function passMinute(): Promise<void> {
  await sql`update scan_file set "observedAt" = "observedAt" - interval '1 minute'`.execute(platform.db);
}

async function published(): Promise<string[]> {
  await createRelay(platform).settled();
  return platform.published
    .splice(0)
    .map((it) => it.subject)
    .toSorted();
}

test('a tick creates and scans library/ of the store, and settled files are published to the broker', async () => {
  await follow(tick('scan'));
  put('store/library/anna/a.jpg');
  put('store/upload/anna/b.jpg');
  put('store/c.jpg');
  await follow(tick('scan'));
  await passMinute();
  expect((await follow(tick('scan'))).status).toBe(204);
  expect(await published()).toEqual(['library/anna/a.jpg']);
});

test('a scan that needs several slices answers each with an event that continues it', async () => {
  await configure({ DARKROOM_SCAN_SLICE_SECONDS: 0.15 });
  for (let n = 0; n < 60; n += 1) put(`store/library/f${n}/a.jpg`);
  const { slices, status } = await follow(tick('scan-full'));
  expect(slices).toBeGreaterThan(1);
  expect(status).toBe(204);
  const runs = await platform.db.selectFrom('scan_run').select(['kind', 'outcome']).execute();
  expect(runs).toEqual([{ kind: 'full', outcome: 'finished' }]);
});

test('a requested library is scanned below its import paths, without what it excludes', async () => {
  const ownerId = await addUser(platform.db);
  const library = {
    id: newId(),
    ownerId,
    name: 'NAS',
    importPaths: [join(external, 'photos'), '/etc'],
    exclusionPatterns: ['**/raw/**'],
  };
  await createLibrary(platform.db, library);
  put('external/photos/2024/a.jpg');
  put('external/photos/raw/b.jpg');
  put('external/other/c.jpg');
  put('store/library/anna/d.jpg');
  await follow(request({ libraryId: library.id }));
  await passMinute();
  expect((await follow(request({ libraryId: library.id }))).status).toBe(204);
  expect(await published()).toEqual([join(external, 'photos/2024/a.jpg')]);
  expect((await listScanRoots(platform.db)).map((it) => it.path)).toEqual([
    join(external, 'photos'),
    join(folder, 'store/library'),
  ]);
  const { refreshedAt } = await platform.db.selectFrom('library').select('refreshedAt').executeTakeFirstOrThrow();
  expect(refreshedAt).toBeInstanceOf(Date);
});

test('beside another store the watched folder is scanned, and its locations are absolute', async () => {
  await configure({ DARKROOM_STORE: 'minio', DARKROOM_WATCH_FOLDER: external, DARKROOM_SCAN_SLICE_SECONDS: 9 });
  put('external/anna/a.jpg');
  await follow(tick('scan'));
  await passMinute();
  await follow(tick('scan'));
  expect(await published()).toEqual([join(external, 'anna/a.jpg')]);
  const { data } = (await platform.db.selectFrom('outbox').select('data').executeTakeFirstOrThrow()) as {
    data: { store: string };
  };
  expect(data.store).toBe('external');
});

test.each([
  ['its location', () => 'library/anna'],
  ['its absolute path', () => join(folder, 'store/library/anna/')],
])('a hint names a folder by %s, and only that tree is scanned', async (_, path) => {
  put('store/library/anna/a.jpg');
  expect((await follow(request({ path: path() }))).status).toBe(204);
  await passMinute();
  await follow(request({ path: path() }));
  expect(await published()).toEqual(['library/anna/a.jpg']);
  for (const elsewhere of ['/etc', 'upload/anna', 'library/../../etc']) {
    const before = await platform.db.selectFrom('scan_run').select('id').execute();
    expect((await follow(request({ path: elsewhere }))).status).toBe(204);
    expect(await platform.db.selectFrom('scan_run').select('id').execute()).toEqual(before);
  }
});

test('while another process scans, a tick has nothing to do and a hint is retried', async () => {
  await follow(tick('scan'));
  const [root] = await listScanRoots(platform.db);
  await takeScanRoot(platform.db, root?.id ?? '', { holder: 'other', seconds: 60 });
  expect((await follow(tick('scan'))).status).toBe(204);
  expect((await request({ path: 'library' })).status).toBe(409);
});

test('an event that is no request for a scan is refused', async () => {
  const event = {
    id: '1',
    type: 'photos.darkroom.scan.requested.v1',
    source: '/t',
    subject: 't',
    time: '2026-01-01T00:00:00Z',
    data: { libraryId: 'x' },
  } as const;
  expect((await deliver(handler, event as DarkroomEvent)).status).toBe(400);
});
