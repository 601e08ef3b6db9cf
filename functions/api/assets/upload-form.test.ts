import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { immich } from '#test/support/immich-cli.ts';

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

const date = '2024-05-06T07:08:09.000Z';
const boundary = 'darkroom-boundary';
const part = (disposition: string, content: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;

/** Sends the form byte for byte. */
async function post(client: ApiClient, parts: readonly string[]) {
  const dates = ['fileCreatedAt', 'fileModifiedAt'].map((name) => part(`name="${name}"`, date));
  const response = await client.fetch('/assets', {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${[...dates, ...parts].join('')}--${boundary}--\r\n`,
  });
  return { status: response.status, body: (await response.json()) as { id: string; message?: string } };
}

const file = (name: string, fileName = 'a.jpg') =>
  part(`name="${name}"; filename="${fileName}"\r\nContent-Type: image/jpeg`, randomBytes(100).toString('hex'));
const nameOf = async (client: ApiClient, id: string) =>
  (await client.call<{ originalFileName: string }>('GET', `/assets/${id}`)).originalFileName;

test.each([
  ['6%22 pipe.jpg', '6" pipe.jpg'],
  ['one%0D%0Atwo%0athree.jpg', 'one\r\ntwo\nthree.jpg'],
  ['100%25 %41 %2F.jpg', '100%25 %41 %2F.jpg'],
])('the file name %s of a form is decoded', async (sent, name) => {
  const client = await api.newUser();
  const { status, body } = await post(client, [file('assetData', sent)]);
  expect([status, await nameOf(client, body.id)]).toEqual([201, name]);
  expect((await client.fetch(`/assets/${body.id}/original`)).status).toBe(200);
});

test('a quote in a name is kept with the command line client', async () => {
  const client = await api.newUser();
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-names-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'photos'));
  await writeFile(join(folder, 'photos', '6" pipe.jpg'), randomBytes(500));
  const { secret } = await client.call<{ secret: string }>('POST', '/api-keys', { name: 'cli', permissions: ['all'] });
  const configFolder = join(folder, 'cli');
  await mkdir(configFolder);
  await immich(configFolder, 'login', `${client.url}/api`, secret);
  await immich(configFolder, 'upload', '--no-progress', join(folder, 'photos', '6" pipe.jpg'));
  const names = await api.db
    .selectFrom('asset')
    .select('originalFileName')
    .where('ownerId', '=', client.userId)
    .execute();
  expect(names).toEqual([{ originalFileName: '6" pipe.jpg' }]);
});

test.each([
  ['a file part that an upload does not have', [file('assetData'), file('assetDatas')], /no file part assetDatas/],
  ['the same, before the photo', [file('motionData'), file('assetData')], /no file part motionData/],
  [
    'two sidecars',
    [file('assetData'), file('sidecarData', 'a.xmp'), file('sidecarData', 'b.xmp')],
    /one file in sidecarData/,
  ],
  [
    'more fields than the limit',
    [file('assetData'), ...Array.from({ length: 70 }, (_, n) => part(`name="f${n}"`, ''))],
    /too many parts/,
  ],
])('a form with %s is rejected as a whole', async (_what, parts, message) => {
  const client = await api.newUser();
  const { status, body } = await post(client, parts);
  expect(status).toBe(400);
  expect(body.message).toMatch(message);
  const left = await api.db.selectFrom('stored_object').select('key').where('ownerId', '=', client.userId).execute();
  expect(left).toEqual([]);
});

test('a live photo refers to a video of the same owner', async () => {
  const [ada, bob] = [await api.newUser(), await api.newUser()];
  const idOf = async (client: ApiClient, fileName: string) =>
    (await post(client, [file('assetData', fileName)])).body.id;
  const [picture, theirs, video] = [await idOf(ada, 'a.jpg'), await idOf(bob, 'b.mov'), await idOf(ada, 'a.mov')];
  const texts: [string, string][] = [
    [picture, 'Live photo video must be a video'],
    [theirs, 'Live photo video does not belong to the user'],
    ['7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11', 'Live photo video not found'],
  ];
  for (const [id, message] of texts) {
    const answer = await post(ada, [part('name="livePhotoVideoId"', id), file('assetData')]);
    expect(answer).toEqual({ status: 400, body: { message } });
    const change = await ada.fetch(`/assets/${picture}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ livePhotoVideoId: id }),
    });
    expect([change.status, await change.json()]).toEqual([400, { message }]);
  }
  expect((await post(ada, [part('name="livePhotoVideoId"', video), file('assetData')])).status).toBe(201);
  expect(await ada.call('GET', `/assets/${video}`)).toMatchObject({ visibility: 'hidden' });
});
