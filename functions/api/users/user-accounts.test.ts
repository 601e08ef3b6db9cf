import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordObject } from '#shared/assets/stored-object.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { apiKey, bearer, callerOf, type Caller } from '#test/support/caller.ts';

const iso = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const missing = '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
const gibibyte = 2 ** 30;

interface Me {
  id: string;
  email: string;
}

let api: ApiApp;
let admin: Caller;
let adminId: string;
let user: Caller;
let userId: string;
beforeAll(async () => {
  api = await openApiApp();
  const anonymous = callerOf(api.app);
  const ada = { email: 'ada@example.org', password: 'correct horse', name: 'Ada' };
  const signUp = await anonymous<Me>('POST', '/auth/admin-sign-up', ada);
  adminId = signUp.body.id;
  admin = callerOf(api.app, bearer(await tokenOf(ada)));
  const ben = { email: 'ben@example.org', password: 'battery staple', name: 'Ben' };
  userId = (await admin<Me>('POST', '/admin/users', ben)).body.id;
  user = callerOf(api.app, bearer(await tokenOf(ben)));
});
afterAll(() => api[Symbol.asyncDispose]());

const tokenOf = async ({ email, password }: { email: string; password: string }) =>
  (await callerOf(api.app)<{ accessToken: string }>('POST', '/auth/login', { email, password })).body.accessToken;

let counter = 0;
const newUser = async (more: Record<string, unknown> = {}) => {
  const body = { email: `user${(counter += 1)}@example.org`, password: 'password', name: 'User', ...more };
  return admin<Me & Record<string, unknown>>('POST', '/admin/users', body);
};
const refusal = (message: string, status = 400) => ({ status, body: { message } });

describe('my user', () => {
  test('has every field, with the types of the contract', async () => {
    expect(await user('GET', '/users/me')).toMatchObject({ status: 200 });
    expect((await user('GET', '/users/me')).body).toEqual({
      id: userId,
      clusterGroupId: uuid,
      email: 'ben@example.org',
      name: 'Ben',
      isAdmin: false,
      storageLabel: null,
      avatarColor: expect.any(String),
      profileImagePath: '',
      profileChangedAt: iso,
      shouldChangePassword: true,
      createdAt: iso,
      updatedAt: iso,
      deletedAt: null,
      oauthId: '',
      quotaSizeInBytes: null,
      quotaUsageInBytes: 0,
      status: 'active',
      license: null,
    });
  });

  test('is changed by PUT and PATCH, keeps other fields, and cannot become an administrator', async () => {
    expect(
      (await user('PUT', '/users/me', { name: 'Benjamin', isAdmin: true, quotaSizeInBytes: 1 })).body,
    ).toMatchObject({
      name: 'Benjamin',
      isAdmin: false,
      quotaSizeInBytes: null,
      email: 'ben@example.org',
    });
    const { body } = await user('PATCH', '/users/me', { email: 'BEN@Example.org', avatarColor: 'pink' });
    expect(body).toMatchObject({ email: 'ben@example.org', avatarColor: 'pink', name: 'Benjamin' });
    expect((await user('PUT', '/users/me', { avatarColor: null })).body['avatarColor']).not.toBe('pink');
    expect((await user('PUT', '/users/me', {})).status).toBe(200);
  });

  test('does not require a new password any more once one is set', async () => {
    const { body } = await user('PUT', '/users/me', { password: 'battery staple' });
    expect(body).toMatchObject({ shouldChangePassword: false });
  });

  test.each([
    [{ email: 'ada@example.org' }, 'Email is not available'],
    [{ email: 'no address' }, 'Validation failed'],
    [{ avatarColor: 'mauve' }, 'Validation failed'],
    [{ name: null }, 'Validation failed'],
    [{ password: 'é'.repeat(37) }, 'The password is longer than 72 bytes'],
  ])('is not changed by %j', async (body, message) => {
    expect((await user('PUT', '/users/me', body)).body).toMatchObject({ message });
  });
});

describe('other users', () => {
  test('are returned without private fields', async () => {
    const found = await user<Me[]>('GET', '/users');
    expect(found.body.map((it) => it.id).toSorted()).toEqual([adminId, userId].toSorted());
    const { body } = await user('GET', `/users/${adminId.toUpperCase()}`);
    expect(Object.keys(body).toSorted()).toEqual([
      'avatarColor',
      'email',
      'id',
      'name',
      'profileChangedAt',
      'profileImagePath',
    ]);
    expect(await user('GET', `/users/${missing}`)).toMatchObject(refusal('User not found'));
    expect((await user('GET', '/users/not-an-id')).status).toBe(400);
  });
});

describe('preferences', () => {
  test('are the defaults of 3.2.2 until they are changed', async () => {
    expect((await user('GET', '/users/me/preferences')).body).toEqual({
      albums: { defaultAssetOrder: 'desc' },
      cast: { gCastEnabled: false },
      download: { archiveSize: 4 * gibibyte, includeEmbeddedVideos: false },
      emailNotifications: { enabled: true, albumInvite: true, albumUpdate: true },
      folders: { enabled: false, sidebarWeb: false },
      memories: { enabled: true, duration: 5, sidebarWeb: false },
      people: { enabled: true, minimumFaces: 3, sidebarWeb: false },
      purchase: { showSupportBadge: true, hideBuyButtonUntil: '2022-02-12T00:00:00.000Z' },
      ratings: { enabled: false },
      recentlyAdded: { sidebarWeb: false },
      sharedLinks: { enabled: true, sidebarWeb: false },
      tags: { enabled: false, sidebarWeb: false },
    });
  });

  test('ten concurrent changes are all kept, and only the difference is stored', async () => {
    const sections = ['folders', 'memories', 'people', 'recentlyAdded', 'sharedLinks', 'tags'];
    await Promise.all(
      sections.map((section) => user('PUT', '/users/me/preferences', { [section]: { sidebarWeb: true } })),
    );
    const { body } = await user('PATCH', '/users/me/preferences', {
      memories: { duration: 7 },
    });
    for (const section of sections) expect(body[section]).toMatchObject({ sidebarWeb: true });
    const rows = await api.db.selectFrom('user_metadata').select('value').where('userId', '=', userId).execute();
    expect(rows).toEqual([
      {
        value: {
          ...Object.fromEntries(sections.map((section) => [section, { sidebarWeb: true }])),
          memories: { duration: 7, sidebarWeb: true },
        },
      },
    ]);
    expect((await admin('GET', `/admin/users/${userId}/preferences`)).body).toEqual(body);
    const byAdmin = await admin('PUT', `/admin/users/${userId}/preferences`, { ratings: { enabled: true } });
    expect(byAdmin.body).toEqual({ ...body, ratings: { enabled: true } });
    expect(await admin('GET', `/admin/users/${missing}/preferences`)).toMatchObject(refusal('User not found'));
  });

  test.each([
    { memories: { duration: 0 } },
    { download: { archiveSize: 2 ** 53 } },
    { albums: { defaultAssetOrder: 'sideways' } },
    { purchase: { hideBuyButtonUntil: '2024-02-30' } },
    { people: 'none' },
    [],
  ])('are not changed by %j', async (body) => {
    expect((await user('PUT', '/users/me/preferences', body)).status).toBe(400);
  });

  test('names of prototype properties change nothing', async () => {
    const body = JSON.parse(
      '{"__proto__":{"enabled":true},"constructor":{"enabled":true},"tags":{"__proto__":{"x":1}}}',
    );
    expect((await user('PUT', '/users/me/preferences', body)).status).toBe(200);
    expect(({} as Record<string, unknown>)['enabled']).toBeUndefined();
  });
});

describe('onboarding and licence', () => {
  test('the onboarding of an installation is set by its administrator', async () => {
    const told = async () => (await user('GET', '/server/config')).body['isOnboarded'];
    expect(await told()).toBe(false);
    const path = '/system-metadata/admin-onboarding';
    expect((await admin('GET', path)).body).toEqual({ isOnboarded: false });
    expect((await user('POST', path, { isOnboarded: true })).status).toBe(403);
    expect((await admin('POST', path, { isOnboarded: true })).status).toBe(204);
    expect((await admin('GET', path)).body).toEqual({ isOnboarded: true });
    expect(await told()).toBe(true);
  });

  test('onboarding is false, can be set and deleted', async () => {
    const get = async () => (await user('GET', '/users/me/onboarding')).body;
    expect(await get()).toEqual({ isOnboarded: false });
    expect(await user('PUT', '/users/me/onboarding', { isOnboarded: true })).toMatchObject({
      status: 200,
      body: { isOnboarded: true },
    });
    expect(await get()).toEqual({ isOnboarded: true });
    expect((await user('DELETE', '/users/me/onboarding')).status).toBe(204);
    expect(await get()).toEqual({ isOnboarded: false });
  });

  test('an imported licence is returned and can be deleted', async () => {
    expect((await user('GET', '/users/me/license')).status).toBe(404);
    const license = { licenseKey: 'IMCL-1', activationKey: 'x', activatedAt: '2024-01-01T00:00:00.000Z' };
    await api.db
      .insertInto('user_metadata')
      .values({ userId, key: 'license', value: JSON.stringify(license) })
      .execute();
    expect((await user('GET', '/users/me/license')).body).toEqual(license);
    expect((await user('GET', '/users/me')).body['license']).toEqual(license);
    expect((await user('DELETE', '/users/me/license')).status).toBe(204);
    expect((await user('GET', '/users/me')).body['license']).toBeNull();
  });
});

describe('administration of users', () => {
  test('is for administrators', async () => {
    for (const path of ['/admin/users', `/admin/users/${userId}`, `/admin/users/${userId}/sessions`]) {
      expect(await user('GET', path)).toMatchObject(refusal('Forbidden', 403));
    }
    expect(await user('POST', '/admin/users', {})).toMatchObject(refusal('Forbidden', 403));
  });

  test('a new user has the fields of the body, and can log in', async () => {
    const { status, body } = await newUser({
      email: 'Cleo@Example.org',
      storageLabel: '../cleo/ÿ.',
      quotaSizeInBytes: gibibyte,
      shouldChangePassword: false,
      isAdmin: true,
      pinCode: '123456',
      avatarColor: 'gray',
      notify: true,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      email: 'cleo@example.org',
      storageLabel: 'cleoÿ',
      quotaSizeInBytes: gibibyte,
      quotaUsageInBytes: 0,
      shouldChangePassword: false,
      isAdmin: true,
      avatarColor: 'gray',
      status: 'active',
      license: null,
    });
    const cleo = callerOf(api.app, bearer(await tokenOf({ email: 'cleo@example.org', password: 'password' })));
    expect((await cleo('GET', '/auth/status')).body).toMatchObject({ pinCode: true });
  });

  test.each([
    [{ email: 'ada@example.org' }, 'User exists'],
    [{ storageLabel: 'admin' }, 'Storage label already in use by another account'],
    [{ storageLabel: missing }, 'Validation failed'],
    [{ storageLabel: 'ÿ'.repeat(200) }, 'Validation failed'],
    [{ password: '' }, 'password is required'],
    [{ password: 'p'.repeat(73) }, 'The password is longer than 72 bytes'],
    [{ quotaSizeInBytes: -1 }, 'Validation failed'],
    [{ quotaSizeInBytes: 2 ** 53 }, 'Validation failed'],
    [{ quotaSizeInBytes: 1.5 }, 'Validation failed'],
    [{ pinCode: '12345' }, 'Validation failed'],
    [{ name: undefined }, 'Validation failed'],
  ])('a user cannot be created from %j', async (body, message) => {
    const { status, body: answer } = await newUser(body);
    expect({ status, message: answer['message'] }).toEqual({ status: 400, message });
  });

  test('of two concurrent requests for a label one succeeds', async () => {
    const both = await Promise.all([newUser({ storageLabel: 'both' }), newUser({ storageLabel: 'both' })]);
    expect(both.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([201, 400]);
  });

  test('an account is changed, fields can be cleared, and the new password works', async () => {
    const { id, email } = (await newUser({ storageLabel: 'dora', quotaSizeInBytes: 5, pinCode: '123456' })).body;
    const changed = await admin('PUT', `/admin/users/${id}`, {
      storageLabel: '',
      quotaSizeInBytes: null,
      pinCode: null,
      password: 'another one',
      isAdmin: true,
      shouldChangePassword: false,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { storageLabel: null, quotaSizeInBytes: null, isAdmin: true, shouldChangePassword: false, email },
    });
    const dora = callerOf(api.app, bearer(await tokenOf({ email, password: 'another one' })));
    expect((await dora('GET', '/admin/users')).status).toBe(200);
    expect((await dora('GET', '/auth/status')).body).toMatchObject({ pinCode: false });
    expect(await admin('PATCH', `/admin/users/${id}`, { isAdmin: false })).toMatchObject({ body: { isAdmin: false } });
    expect((await dora('GET', '/admin/users')).status).toBe(403);
    expect(await admin('PUT', `/admin/users/${id}`, { email: 'ada@example.org' })).toMatchObject(
      refusal('Email already in use by another account'),
    );
    expect(await admin('PUT', `/admin/users/${id}`, { storageLabel: 'admin' })).toMatchObject(
      refusal('Storage label already in use by another account'),
    );
    expect(await admin('PUT', `/admin/users/${missing}`, { name: 'x' })).toMatchObject(refusal('User not found'));
  });

  test('an administrator cannot demote or delete themselves, with an id in any letter case', async () => {
    const self = `/admin/users/${adminId.toUpperCase()}`;
    expect(await admin('PUT', self, { isAdmin: false })).toMatchObject(
      refusal('Admin status can only be changed by another admin'),
    );
    expect((await admin('PUT', self, { isAdmin: true })).status).toBe(200);
    expect(await admin('DELETE', self, {})).toMatchObject(refusal('Cannot delete your own account', 403));
  });

  test('a deleted user is logged out, hidden by default, and can be restored', async () => {
    const { id, email } = (await newUser()).body;
    const token = await tokenOf({ email, password: 'password' });
    const { body: key } = await callerOf(api.app, bearer(token))<{ secret: string }>('POST', '/api-keys', {
      permissions: ['all'],
    });
    expect(await admin('DELETE', `/admin/users/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'deleted', deletedAt: iso },
    });
    expect((await callerOf(api.app, bearer(token))('GET', '/users/me')).status).toBe(401);
    expect(await callerOf(api.app, apiKey(key.secret))('GET', '/users/me')).toMatchObject(
      refusal('Invalid API key', 401),
    );
    expect(await tokenOf({ email, password: 'password' })).toBeUndefined();
    const find = async (query: string) => (await admin<Me[]>('GET', `/admin/users?${query}`)).body.map((it) => it.id);
    expect(await find('')).not.toContain(id);
    expect(await find('withDeleted=false')).not.toContain(id);
    expect(await find('withDeleted=true')).toContain(id);
    expect(await find(`withDeleted=true&id=${id}`)).toEqual([id]);
    expect((await admin('GET', `/admin/users/${id}`)).body).toMatchObject({ status: 'deleted' });
    expect(await admin('DELETE', `/admin/users/${id}`)).toMatchObject(refusal('User not found'));
    expect(await newUser({ email })).toMatchObject(refusal('User exists'));
    expect(await admin('POST', `/admin/users/${id}/restore`)).toMatchObject({
      status: 200,
      body: { status: 'active', deletedAt: null },
    });
    expect((await callerOf(api.app, apiKey(key.secret))('GET', '/users/me')).status).toBe(200);
    expect((await admin('DELETE', `/admin/users/${id}`, { force: true })).body).toMatchObject({ status: 'removing' });
    expect(await admin('POST', `/admin/users/${missing}/restore`)).toMatchObject(refusal('User not found'));
  });

  test('sessions and statistics of a user are returned', async () => {
    expect((await admin<unknown[]>('GET', `/admin/users/${userId}/sessions`)).body).toHaveLength(1);
    expect(await admin('GET', `/admin/users/${userId}/statistics?isFavorite=true`)).toMatchObject({
      status: 200,
      body: { images: 0, videos: 0, total: 0 },
    });
    expect((await admin('GET', `/admin/users/${userId}/statistics?visibility=everywhere`)).status).toBe(400);
  });
});

test('files in a folder without an owner are announced when a user gets its label', async () => {
  const { id } = (await newUser()).body;
  const fate = {
    state: 'unowned',
    assetId: null,
    ownerId: null,
    sizeBytes: 1,
    version: 'v',
    reason: 'no user',
  } as const;
  const keyOf = (folder: string) => ({ store: 'folder', key: `library/${folder}/a.jpg` });
  for (const ownerFolder of ['early', 'late']) await recordObject(api.db, keyOf(ownerFolder), { ...fate, ownerFolder });
  await newUser({ storageLabel: 'early' });
  await admin('PUT', `/admin/users/${id}`, { storageLabel: 'late' });
  const subjects = () => api.published.map((event) => event.subject);
  await expect.poll(subjects).toEqual(expect.arrayContaining([keyOf('early').key, keyOf('late').key]));
});
