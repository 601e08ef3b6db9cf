import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endScanRequest, findScanRequest } from '#shared/libraries/library.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { bearer, callerOf, type Caller } from '#test/support/caller.ts';
import { addUser } from '#test/support/rows.ts';

interface Library {
  id: string;
  importPaths: string[];
  exclusionPatterns: string[];
}
interface Validation {
  importPaths: { importPath: string; isValid: boolean; message?: string }[];
}

let root: string;
let api: ApiApp;
let admin: Caller;
let user: Caller;
let ownerId: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'darkroom-libraries-')));
  await mkdir(join(root, 'photos/2024'), { recursive: true });
  await mkdir(join(root, 'data/files'), { recursive: true });
  await mkdir(join(root, 'watched/anna'), { recursive: true });
  await mkdir(join(root, 'elsewhere'));
  await writeFile(join(root, 'photos/a.jpg'), 'a');
  await symlink(join(root, 'data'), join(root, 'photos/data'));
  await symlink(join(root, 'elsewhere'), join(root, 'photos/elsewhere'));
  await symlink(join(root, 'data/files'), join(root, 'linked'));
  api = await openApiApp({
    env: {
      DARKROOM_DATA: join(root, 'data'),
      DARKROOM_WATCH_FOLDER: join(root, 'watched'),
      DARKROOM_EXTERNAL_FOLDERS: ['photos', 'data', 'linked', 'watched', 'away'].map((it) => join(root, it)).join(','),
    },
  });
  const anonymous = callerOf(api.app);
  const ada = { email: 'ada@example.org', password: 'correct horse', name: 'Ada' };
  ownerId = (await anonymous<{ id: string }>('POST', '/auth/admin-sign-up', ada)).body.id;
  const { accessToken } = (await anonymous<{ accessToken: string }>('POST', '/auth/login', ada)).body;
  admin = callerOf(api.app, bearer(accessToken));
  const { headers } = await api.newUser();
  user = callerOf(api.app, headers);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});
beforeEach(() => api.db.deleteFrom('library').execute());

const below = (path: string) => join(root, path);
const create = (more: object = {}) => admin<Library>('POST', '/libraries', { ownerId, ...more });
const refused = { status: 400 };

describe('libraries', () => {
  test('are for administrators', async () => {
    const { id } = (await create()).body;
    for (const [method, path] of [
      ['GET', '/libraries'],
      ['POST', '/libraries'],
      ['GET', `/libraries/${id}`],
      ['PUT', `/libraries/${id}`],
      ['PATCH', `/libraries/${id}`],
      ['DELETE', `/libraries/${id}`],
      ['POST', `/libraries/${id}/scan`],
      ['GET', `/libraries/${id}/statistics`],
      ['POST', `/libraries/${id}/validate`],
    ] as const)
      expect(await user(method, path, method === 'GET' || method === 'DELETE' ? undefined : {})).toMatchObject({
        status: 403,
        body: { message: 'Forbidden' },
      });
  });

  test('have a default name, no paths and default exclusions', async () => {
    const created = await create();
    expect(created).toMatchObject({
      status: 201,
      body: { ownerId, name: 'New External Library', importPaths: [], assetCount: 0, refreshedAt: null },
    });
    expect(created.body.exclusionPatterns).toContain('**/@eaDir/**');
    const { id } = created.body;
    expect((await admin('GET', `/libraries/${id}`)).body).toEqual(created.body);
    expect((await admin('GET', '/libraries')).body).toEqual([created.body]);
    expect((await admin('GET', `/libraries/${id}/statistics`)).body).toEqual({
      photos: 0,
      videos: 0,
      total: 0,
      usage: 0,
    });
  });

  test('are changed by PUT and PATCH, field by field', async () => {
    const { id } = (await create({ name: 'A', importPaths: [below('photos')] })).body;
    for (const method of ['PUT', 'PATCH'] as const) {
      const { status, body } = await admin(method, `/libraries/${id}`, {
        name: method,
        exclusionPatterns: ['**/Raw/**'],
      });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { name: method, importPaths: [below('photos')], exclusionPatterns: ['**/Raw/**'] },
      });
    }
    expect((await admin('PUT', `/libraries/${id}`, {})).status).toBe(200);
  });

  test('that do not exist, or whose owner does not exist, are a 400', async () => {
    const id = '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
    expect(await create({ ownerId: id })).toMatchObject(refused);
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/scan'],
      ['GET', '/statistics'],
      ['POST', '/validate'],
    ] as const)
      expect(
        await admin(method, `/libraries/${id}${path}`, method === 'PUT' || method === 'POST' ? {} : undefined),
      ).toMatchObject({
        status: 400,
        body: { message: 'Library not found' },
      });
  });

  test('are deleted, and then missing from every list', async () => {
    const { id } = (await create()).body;
    expect((await admin('DELETE', `/libraries/${id}`)).status).toBe(204);
    expect(await admin('DELETE', `/libraries/${id}`)).toMatchObject(refused);
    expect(await admin('GET', `/libraries/${id}`)).toMatchObject(refused);
    expect((await admin('GET', '/libraries')).body).toEqual([]);
  });

  test('are scanned by one event, however often a scan is requested', async () => {
    const { id } = (await create()).body;
    expect((await admin('POST', `/libraries/${id}/scan`)).status).toBe(204);
    const asked = () =>
      api.published.filter((it) => it.type === 'photos.darkroom.scan.requested.v1' && it.subject === id);
    await expect.poll(asked).toMatchObject([{ data: { libraryId: id } }]);
  });

  test('keep the queue `library` busy from the request of a scan to its end', async () => {
    const { id } = (await create()).body;
    const busy = async () => {
      const { statistics } = (
        await admin<{ statistics: { active: number; waiting: number } }>('GET', '/queues/library')
      ).body;
      return statistics.active + statistics.waiting;
    };
    expect(await busy()).toBe(0);
    await admin('POST', `/libraries/${id}/scan`);
    await expect.poll(() => api.db.selectFrom('outbox').select('id').execute()).toEqual([]);
    expect(await busy()).toBe(1);
    await endScanRequest(api.db, id, (await findScanRequest(api.db, id)) ?? new Date(0));
    expect(await busy()).toBe(0);
  });
});

describe('import paths', () => {
  /** Paths with the expected error. */
  const evil = (): [path: string, message: RegExp][] => [
    ['/', /plain path/],
    ['/etc', /DARKROOM_EXTERNAL_FOLDERS/],
    ['photos', /absolute, try \/.*\/photos$/],
    ['./photos', /absolute, try \/.*\/photos$/],
    [`${root}/photos/../elsewhere`, /plain path/],
    [`${below('photos')}//2024`, /plain path/],
    [`${root}/photos/./2024`, /plain path/],
    [below('elsewhere'), /DARKROOM_EXTERNAL_FOLDERS/],
    [below('photos2'), /DARKROOM_EXTERNAL_FOLDERS/],
    [below('data'), /own folder/],
    [below('data/files'), /own folder/],
    [below('data/files/library'), /own folder/],
    [root, /own folder/],
    [api.storeFolder, /own folder/],
    [below('watched'), /watched folder/],
    [below('watched/anna'), /watched folder/],
  ];

  test('that are not allowed are rejected when a library is created or changed, and are invalid', async () => {
    const { id } = (await create()).body;
    for (const [path, message] of evil()) {
      const expected = { status: 400, body: { message: expect.stringMatching(message) as unknown } };
      expect(await create({ importPaths: [path] })).toMatchObject(expected);
      expect(await admin('PUT', `/libraries/${id}`, { importPaths: [path] })).toMatchObject(expected);
      const { body } = await admin<Validation>('POST', `/libraries/${id}/validate`, { importPaths: [path] });
      expect(body.importPaths).toMatchObject([
        { importPath: path, isValid: false, message: expect.stringMatching(message) as unknown },
      ]);
    }
  });

  test.each([
    ['photos/missing', 'Path does not exist (ENOENT)'],
    ['away/photos', 'Path does not exist (ENOENT)'],
    ['photos/a.jpg', 'Not a directory'],
    ['photos/data', 'Import path leads through a symbolic link'],
    ['photos/elsewhere', 'Import path leads through a symbolic link'],
    ['linked', "Cannot use Darkroom's own folder for external libraries"],
  ])('%s: %s', async (path, message) => {
    const { id } = (await create()).body;
    const { body } = await admin<Validation>('POST', `/libraries/${id}/validate`, { importPaths: [below(path)] });
    expect(body.importPaths).toEqual([{ importPath: below(path), isValid: false, message }]);
    expect(await admin('PUT', `/libraries/${id}`, { importPaths: [below(path)] })).toMatchObject({
      status: 400,
      body: { message: `Invalid import path: ${message}` },
    });
  });

  test('that can be read are valid, with and without a trailing slash', async () => {
    const { id } = (await create()).body;
    const importPaths = [below('photos'), `${below('photos')}/`, `${below('photos/2024')}///`];
    const { body } = await admin<Validation>('POST', `/libraries/${id}/validate`, { importPaths });
    expect(body.importPaths).toEqual(importPaths.map((importPath) => ({ importPath, isValid: true })));
    expect((await admin('POST', `/libraries/${id}/validate`, {})).body).toEqual({ importPaths: [] });
  });

  test('are the same with and without a trailing slash', async () => {
    expect((await create({ importPaths: [`${below('photos')}/`] })).body.importPaths).toEqual([below('photos')]);
    expect(await create({ importPaths: [below('photos/2024'), `${below('photos/2024')}/`] })).toMatchObject(refused);
  });

  test('belong to one library; another library may have a folder inside of them', async () => {
    const other = await addUser(api.db);
    const outer = await create({ importPaths: [below('photos')] });
    expect(outer.status).toBe(201);
    for (const owner of [ownerId, other])
      expect(await create({ ownerId: owner, importPaths: [below('photos')] })).toMatchObject({
        status: 400,
        body: { message: 'Invalid import path: Another library has it' },
      });
    expect((await create({ ownerId: other, importPaths: [below('photos/2024')] })).status).toBe(201);
    expect((await admin('PUT', `/libraries/${outer.body.id}`, { importPaths: [below('photos')] })).status).toBe(200);
  });

  test('that are unreachable now do not prevent other changes', async () => {
    const { id } = (await create({ importPaths: [below('away/photos')] })).body;
    const importPaths = [below('away/photos'), below('photos')];
    expect(await admin('PUT', `/libraries/${id}`, { importPaths })).toMatchObject({
      status: 200,
      body: { importPaths },
    });
  });

  test('are rejected unless they are a list of strings', async () => {
    for (const importPaths of [
      '/a',
      [''],
      [1],
      ['/\0'],
      Array.from({ length: 129 }, (_, n) => `/p${n}`),
      ['x'.repeat(2000)],
    ])
      expect(await create({ importPaths })).toMatchObject(refused);
  });
});

describe('exclusion patterns', () => {
  test('with exponential backtracking in other engines are accepted', async () => {
    const exclusionPatterns = ['**/*a*a*a*a*a*a*a*a*a*a*a*a*a*b', '**/'.repeat(200), '[', '{', '!x', '\\'];
    expect(await create({ exclusionPatterns })).toMatchObject({ status: 201, body: { exclusionPatterns } });
  });

  test('and paths that are empty or duplicate are rejected with the texts that clients know', async () => {
    const messages = async (lists: object) =>
      ((await create(lists)).body as unknown as { errors: { message: string }[] }).errors.map((it) => it.message);
    for (const list of ['exclusionPatterns', 'importPaths']) {
      expect(await messages({ [list]: ['/a', '/a'] })).toEqual(['Array must have unique items']);
      expect(await messages({ [list]: [''] })).toEqual(['Array items must not be empty']);
    }
  });

  test('that are too many, empty or duplicate are rejected', async () => {
    const { id } = (await create()).body;
    for (const exclusionPatterns of [
      ['{a,b}'.repeat(30)],
      [''],
      ['a', 'a'],
      Array.from({ length: 129 }, (_, n) => `${n}`),
    ]) {
      expect(await create({ exclusionPatterns })).toMatchObject(refused);
      expect(await admin('PUT', `/libraries/${id}`, { exclusionPatterns })).toMatchObject(refused);
      expect(await admin('POST', `/libraries/${id}/validate`, { exclusionPatterns })).toMatchObject(refused);
    }
  });
});
