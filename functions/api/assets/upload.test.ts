import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweep } from '#functions/sweep/sweep.ts';
import { markOffline } from '#shared/assets/offline-asset.ts';
import { fixture } from '#test/fixtures/index.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { stateOf } from '#test/support/rows.ts';

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

const dates = { fileCreatedAt: '2024-05-06T07:08:09.000Z', fileModifiedAt: '2024-05-06T07:08:09.000Z' };
const bytesOf = (size = 5000) => randomBytes(size);

interface Part {
  bytes: Uint8Array<ArrayBuffer>;
  name?: string;
  fields?: Record<string, string>;
  after?: Record<string, string>;
  headers?: Record<string, string>;
}

/** Uploads a form as browsers do; `after` are fields after the file. */
async function upload(client: ApiClient, { bytes, name = 'a.jpg', fields = dates, after = {}, headers = {} }: Part) {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append('assetData', new Blob([bytes]), name);
  for (const [key, value] of Object.entries(after)) form.append(key, value);
  const response = await client.fetch('/assets', { method: 'POST', body: form, headers });
  return { status: response.status, body: (await response.json()) as { id: string; status: string; message: string } };
}

async function listFiles(): Promise<string[]> {
  const entries = await readdir(api.storeFolder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A rejected upload leaves no row, no reservation and no file. */
async function expectNothingLeft(userId: string): Promise<void> {
  expect(await api.db.selectFrom('asset').select('id').where('ownerId', '=', userId).execute()).toEqual([]);
  expect(await api.db.selectFrom('stored_object').select('key').where('ownerId', '=', userId).execute()).toEqual([]);
  expect((await listFiles()).filter((path) => path.includes(userId) || path.includes('.incoming/'))).toEqual([]);
}

describe('an upload', () => {
  test('is stored, answered with 201, and announced', async () => {
    const client = await api.newUser();
    const bytes = bytesOf(3_000_000);
    const { status, body } = await upload(client, { bytes, after: { visibility: 'archive', isFavorite: 'true' } });
    expect({ status, answer: body.status }).toEqual({ status: 201, answer: 'created' });
    const row = await api.db.selectFrom('asset').selectAll().where('id', '=', body.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      visibility: 'archive',
      isFavorite: true,
      originalFileName: 'a.jpg',
      fileSizeInByte: bytes.length,
      type: 'IMAGE',
    });
    expect(row.checksum).toEqual(createHash('sha1').update(bytes).digest());
    expect((await readFile(join(api.storeFolder, row.originalPath))).equals(bytes)).toBe(true);
    await expect.poll(() => api.published.map((event) => event.subject)).toContain(body.id);
    expect(await stateOf(api.db, body.id, 'metadata')).toBe('queued');
  });

  test('of the bytes of an asset whose file is missing becomes the file of that asset', async () => {
    const client = await api.newUser();
    const bytes = bytesOf();
    const checksum = createHash('sha1').update(bytes).digest('base64');
    const check = () => client.call('POST', '/assets/bulk-upload-check', { assets: [{ id: 'x', checksum }] });
    const { id } = (await upload(client, { bytes })).body;
    const pathOf = async () =>
      (await api.db.selectFrom('asset').select('originalPath').where('id', '=', id).executeTakeFirstOrThrow())
        .originalPath;
    const before = await pathOf();
    expect(await check()).toMatchObject({ results: [{ action: 'reject', assetId: id }] });
    await rm(join(api.storeFolder, before));
    await markOffline(api.db, id);
    expect(await check()).toMatchObject({ results: [{ action: 'accept' }] });
    for (const headers of [{ 'x-immich-checksum': checksum }, {}]) {
      expect(await upload(client, { bytes, headers })).toEqual({ status: 200, body: { id, status: 'duplicate' } });
      expect((await readFile(join(api.storeFolder, await pathOf()))).equals(bytes)).toBe(true);
    }
    expect(await pathOf()).not.toBe(before);
    expect(await client.call('GET', `/assets/${id}`)).toMatchObject({ isOffline: false, isTrashed: false });
    const known = await api.db.selectFrom('stored_object').select(['key', 'state']).where('assetId', '=', id).execute();
    expect(known).toEqual([{ key: await pathOf(), state: 'asset' }]);
    expect((await listFiles()).filter((path) => path.includes(client.userId))).toHaveLength(1);
  });

  test('of bytes that the owner has, also in the trash, is a duplicate; for another owner it is not', async () => {
    const client = await api.newUser();
    const bytes = bytesOf();
    const first = await upload(client, { bytes });
    const second = await upload(client, { bytes, name: 'other.png' });
    expect(second).toEqual({ status: 200, body: { id: first.body.id, status: 'duplicate' } });
    await client.call('DELETE', '/assets', { ids: [first.body.id] });
    expect((await upload(client, { bytes })).body).toEqual({ id: first.body.id, status: 'duplicate' });
    expect((await upload(await api.newUser(), { bytes })).status).toBe(201);
    expect(await readFiles(client.userId)).toBe(1);
  });

  test('with a known checksum in a header is answered before the body is read', async () => {
    const client = await api.newUser();
    const bytes = bytesOf();
    const sha1 = createHash('sha1').update(bytes).digest();
    const first = await upload(client, { bytes });
    for (const checksum of [sha1.toString('hex'), sha1.toString('base64')]) {
      const response = await client.fetch('/assets', {
        method: 'POST',
        headers: { 'x-immich-checksum': checksum, 'content-type': 'multipart/form-data; boundary=x' },
        body: 'no form at all',
      });
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 200,
        body: { id: first.body.id, status: 'duplicate' },
      });
    }
  });

  test('with a wrong checksum in a header is rejected', async () => {
    const client = await api.newUser();
    const { status } = await upload(client, { bytes: bytesOf(), headers: { 'x-immich-checksum': 'a'.repeat(40) } });
    expect(status).toBe(400);
    await expectNothingLeft(client.userId);
  });

  test('of the same file from ten clients at once is one 201, nine 200 and one stored file', async () => {
    const client = await api.newUser();
    const bytes = bytesOf(200_000);
    const all = await Promise.all(Array.from({ length: 10 }, () => upload(client, { bytes })));
    expect(all.map((it) => it.status).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 9 }, () => 200),
      201,
    ]);
    expect(new Set(all.map((it) => it.body.id)).size).toBe(1);
    // Uploads that lost the race in the database leave their files to the sweep.
    await sweep(api.ports);
    expect(await readFiles(client.userId)).toBe(1);
  });

  test('with a sidecar stores it beside the original, whichever comes first', async () => {
    const client = await api.newUser();
    const form = new FormData();
    form.append('assetData', new Blob([bytesOf()]), 'a.jpg');
    for (const [key, value] of Object.entries(dates)) form.append(key, value);
    form.append('sidecarData', new Blob(['<x:xmpmeta/>']), 'a.jpg.xmp');
    const response = await client.fetch('/assets', { method: 'POST', body: form });
    const { id } = (await response.json()) as { id: string };
    const file = await api.db.selectFrom('asset_file').selectAll().where('assetId', '=', id).executeTakeFirstOrThrow();
    expect(file.type).toBe('sidecar');
    expect(await readFile(join(api.storeFolder, file.path), 'utf8')).toBe('<x:xmpmeta/>');
  });

  test.each([
    ['a name with ../', '../../../etc/passwd.jpg', 'passwd.jpg'],
    ['a name with backslashes', String.raw`C:\photos\a.jpg`, 'a.jpg'],
    ['300 characters', `${'n'.repeat(296)}.jpg`, `${'n'.repeat(296)}.jpg`],
    ['emoji', '📷 Ferien ☀️ 2024.jpg', '📷 Ferien ☀️ 2024.jpg'],
    ['a quote', 'a"b.jpg', 'a"b.jpg'],
  ])('with %s is stored under the last segment of the name', async (_what, name, kept) => {
    const client = await api.newUser();
    const { status, body } = await upload(client, {
      bytes: bytesOf(),
      name: 'x.jpg',
      fields: { ...dates, filename: name },
    });
    expect(status).toBe(201);
    const row = await api.db
      .selectFrom('asset')
      .select(['originalFileName', 'originalPath'])
      .where('id', '=', body.id)
      .executeTakeFirstOrThrow();
    expect(row.originalFileName).toBe(kept);
    expect(row.originalPath).toMatch(new RegExp(`^upload/${client.userId}/../../${body.id}\\.jpg$`));
    expect((await client.fetch(`/assets/${body.id}/original`)).status).toBe(200);
  });

  test('of an invalid picture is stored; the pipeline decides what it is', async () => {
    const client = await api.newUser();
    const { path } = await fixture('text-called-jpg');
    expect((await upload(client, { bytes: new Uint8Array(await readFile(path)) })).status).toBe(201);
  });
});

async function readFiles(userId: string): Promise<number> {
  return (await listFiles()).filter((path) => path.includes(userId)).length;
}

describe('a rejected upload leaves nothing', () => {
  test.each<[string, Partial<Part>, RegExp]>([
    ['zero bytes', { bytes: new Uint8Array() }, /empty/],
    ['an unsupported type', { name: 'virus.exe' }, /^Unsupported file type virus\.exe$/],
    ['a sidecar as the photo', { name: 'a.xmp' }, /^Unsupported file type a\.xmp$/],
    ['no extension', { name: 'noextension' }, /^Unsupported file type noextension$/],
    ['an invalid date', { fields: { ...dates, fileCreatedAt: '1e9' } }, /^Validation failed$/],
    ['the 30th of February', { fields: { ...dates, fileModifiedAt: '2024-02-30T00:00:00Z' } }, /^Validation failed$/],
    ['no date', { fields: {} }, /^Validation failed$/],
    ['an unknown visibility', { after: { visibility: 'everybody' } }, /^Validation failed$/],
    [
      'an invalid live photo video',
      { fields: { ...dates, livePhotoVideoId: '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11' } },
      /Live photo video/,
    ],
    ['NUL in its name', { fields: { ...dates, filename: 'a\0.jpg' } }, /NUL/],
    ['metadata that is not JSON', { fields: { ...dates, metadata: '[{' } }, /^Validation failed$/],
  ])('for %s', async (_what, part, message) => {
    const client = await api.newUser();
    const { status, body } = await upload(client, { bytes: bytesOf(), ...part });
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
    await expectNothingLeft(client.userId);
  });

  test('for a quota that is exceeded during the upload, with the text that the app looks for', async () => {
    const client = await api.newUser({ quotaSizeInBytes: 100_000 });
    const { status, body } = await upload(client, { bytes: bytesOf(3_000_000) });
    expect({ status, body }).toEqual({ status: 400, body: { message: 'Quota has been exceeded!' } });
    await expectNothingLeft(client.userId);
    expect((await upload(client, { bytes: bytesOf(90_000) })).status).toBe(201);
  });

  test('for a form without a file, with two files, or a body that is not a form', async () => {
    const client = await api.newUser();
    const none = new FormData();
    for (const [key, value] of Object.entries(dates)) none.append(key, value);
    const two = new FormData();
    for (const [key, value] of Object.entries(dates)) two.append(key, value);
    two.append('assetData', new Blob([bytesOf(300_000)]), 'a.jpg');
    two.append('assetData', new Blob([bytesOf(300_000)]), 'b.jpg');
    for (const body of [none, two]) expect((await client.fetch('/assets', { method: 'POST', body })).status).toBe(400);
    const json = await client.fetch('/assets', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(415);
    const noBoundary = await client.fetch('/assets', {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'multipart/form-data' },
    });
    expect(noBoundary.status).toBe(415);
    await expectNothingLeft(client.userId);
  });

  test('for a connection that is closed in the middle of the file', async () => {
    const client = await api.newUser();
    const { hostname, port } = new URL(client.url);
    const head =
      '--b\r\nContent-Disposition: form-data; name="assetData"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n';
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api/assets HTTP/1.1\r\nHost: x\r\nAuthorization: ${client.headers['authorization']}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n${head}`,
    );
    socket.write(randomBytes(2_000_000));
    await expect
      .poll(
        async () =>
          (await api.db.selectFrom('stored_object').select('key').where('ownerId', '=', client.userId).execute())
            .length,
      )
      .toBe(1);
    socket.destroy();
    await expect
      .poll(() => expectNothingLeft(client.userId).then(() => 'nothing', String), { timeout: 5000 })
      .toBe('nothing');
  });

  test('for a form that ends without its last boundary', async () => {
    const client = await api.newUser();
    const body = `--b\r\nContent-Disposition: form-data; name="assetData"; filename="a.jpg"\r\n\r\nabc`;
    const response = await client.fetch('/assets', {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(response.status).toBe(400);
    await expectNothingLeft(client.userId);
  });

  test('for wrong credentials, before the body is read', async () => {
    const client = await api.newUser();
    for (const headers of [
      { authorization: 'Bearer nonsense' },
      { authorization: '', 'x-api-key': 'nonsense' },
      { authorization: '' },
    ]) {
      const { status } = await upload(client, { bytes: bytesOf(), headers });
      expect(status).toBe(401);
    }
    await expectNothingLeft(client.userId);
  });
});
