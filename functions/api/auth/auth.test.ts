import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { bearer, callerOf, type Caller } from '#test/support/caller.ts';

const admin = { email: 'ada@example.org', password: 'correct horse', name: 'Ada' };
const iso = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

let api: ApiApp;
let anonymous: Caller;
beforeAll(async () => {
  api = await openApiApp();
  anonymous = callerOf(api.app);
});
afterAll(() => api[Symbol.asyncDispose]());

interface Login {
  accessToken: string;
  userId: string;
}

const logIn = async (password = admin.password, headers: Record<string, string> = {}) =>
  anonymous<Login>('POST', '/auth/login', { email: admin.email, password }, headers);
const loggedIn = async () => callerOf(api.app, bearer((await logIn()).body.accessToken));

/** Ends the waiting time after failed attempts. */
const passTime = () => api.db.deleteFrom('login_attempt').execute();

describe('sign-up', () => {
  test.each([
    ['no address', { ...admin, email: undefined }],
    ['no name', { ...admin, name: null }],
    ['an empty password', { ...admin, password: '' }],
    ['an invalid address', { ...admin, email: 'ada' }],
    ['an address of 300 characters', { ...admin, email: `${'a'.repeat(300)}@example.org` }],
    ['a NUL in the name', { ...admin, name: 'A\0da' }],
    ['a password of 73 bytes', { ...admin, password: 'p'.repeat(73) }],
  ])('with %s is refused', async (_what, body) => {
    const { status, body: answer } = await anonymous('POST', '/auth/admin-sign-up', body);
    expect(status).toBe(400);
    expect(answer['message']).toEqual(expect.any(String));
  });

  test('initializes the server, and only one of concurrent requests succeeds', async () => {
    const isInitialized = async () => (await anonymous('GET', '/server/config')).body['isInitialized'];
    expect(await isInitialized()).toBe(false);
    const all = await Promise.all(
      [1, 2, 3].map(() => anonymous('POST', '/auth/admin-sign-up', { ...admin, email: 'Ada@Example.ORG' })),
    );
    expect(all.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([201, 400, 400]);
    expect(all.find((reply) => reply.status === 201)?.body).toEqual({
      id: uuid,
      clusterGroupId: uuid,
      email: admin.email,
      name: 'Ada',
      isAdmin: true,
      storageLabel: 'admin',
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
    for (const refused of all.filter((reply) => reply.status === 400)) {
      expect(refused.body).toEqual({ message: 'The server already has an admin' });
    }
    expect(await isInitialized()).toBe(true);
  });
});

describe('login', () => {
  test('answers 201 with a token and the three cookies that the app needs', async () => {
    const { status, body, cookies } = await anonymous('POST', '/auth/login', { ...admin, email: 'ADA@example.org' });
    expect(status).toBe(201);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]{43}$/),
      userId: uuid,
      userEmail: admin.email,
      name: 'Ada',
      isAdmin: true,
      isOnboarded: false,
      profileImagePath: '',
      shouldChangePassword: true,
    });
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'immich_access_token',
      'immich_auth_type',
      'immich_is_authenticated',
    ]);
    for (const cookie of cookies) {
      expect(cookie).toContain('Path=/; Max-Age=34560000; SameSite=Lax');
      expect(cookie).not.toMatch(/Domain|Secure/);
      expect(cookie.includes('HttpOnly')).toBe(!cookie.startsWith('immich_is_authenticated'));
    }
    const byCookie = callerOf(api.app, { cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') });
    expect(await byCookie('POST', '/auth/validateToken')).toMatchObject({ status: 200, body: { authStatus: true } });
  });

  test('over https the cookies are Secure', async () => {
    const { cookies } = await logIn(admin.password, { 'x-forwarded-proto': 'https' });
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) expect(cookie).toContain('; Secure');
  });

  test('a wrong password, an unknown address and an empty password get the same response', async () => {
    await passTime();
    const { userId } = await api.newUser();
    for (const [email, password] of [
      [admin.email, 'wrong'],
      ['nobody@example.org', admin.password],
      [`${userId}@example.org`, ''],
    ]) {
      const { status, body, cookies } = await anonymous('POST', '/auth/login', { email, password });
      expect({ status, body, cookies }).toEqual({
        status: 401,
        body: { message: 'Incorrect email or password' },
        cookies: [],
      });
    }
  });

  test.each([
    ['no body', undefined],
    ['a list', []],
    ['numbers', { email: 1, password: 2 }],
    ['null', { email: null, password: null }],
    ['an invalid address', { email: 'x', password: 'y' }],
  ])('with %s is a 400', async (_what, body) => {
    expect((await anonymous('POST', '/auth/login', body)).status).toBe(400);
  });

  test('the session shows the device, from the headers of the app or the browser', async () => {
    await logIn(admin.password, {
      'user-agent': 'immich-android/3.1.0',
      devicemodel: 'Pixel 8',
      devicetype: 'Android',
    });
    const { body } = await (await loggedIn())<{ appVersion: string | null }[]>('GET', '/sessions');
    expect(body.find((session) => session.appVersion === '3.1.0')).toMatchObject({
      deviceType: 'Pixel 8',
      deviceOS: 'Android',
    });
  });

  test('the time and version of a session are updated at most hourly', async () => {
    const { accessToken } = (await logIn()).body;
    const caller = callerOf(api.app, bearer(accessToken));
    const current = async (headers?: Record<string, string>) => {
      const { body } = await caller<{ current: boolean; updatedAt: string; appVersion: string | null }[]>(
        'GET',
        '/sessions',
        undefined,
        headers,
      );
      return body.find((session) => session.current);
    };
    const setUsed = (minutesAgo: number) =>
      api.db
        .updateTable('session')
        .set({ updatedAt: new Date(Date.now() - minutesAgo * 60_000) })
        .execute();
    const ageMinutes = async () => Math.round((Date.now() - Date.parse((await current())?.updatedAt ?? '')) / 60_000);
    await setUsed(59);
    expect(await ageMinutes()).toBe(59);
    await setUsed(61);
    expect(await ageMinutes()).toBeLessThan(2);
    expect(await current({ 'user-agent': 'immich-ios/3.2.2' })).toMatchObject({ appVersion: '3.2.2' });
    expect(await current()).toMatchObject({ appVersion: '3.2.2' });
  });

  test('failed attempts slow down further ones, a correct password is accepted in time, and other addresses are not delayed', async () => {
    await passTime();
    const guesses = await Promise.all(Array.from({ length: 8 }, () => logIn('guess')));
    expect(guesses.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([
      401, 401, 401, 401, 401, 429, 429, 429,
    ]);
    const setNextAttempt = (afterSeconds: number) =>
      api.db
        .updateTable('login_attempt')
        .set({ nextAt: new Date(Date.now() + afterSeconds * 1000) })
        .execute();
    // Longer than the real second, which a slow machine needs for the next line.
    await setNextAttempt(300);
    const held = await logIn();
    expect(held.status).toBe(429);
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);
    expect((await logIn(admin.password, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(201);
    await setNextAttempt(0);
    expect((await logIn()).status).toBe(201);
    expect((await logIn()).status).toBe(201);
  });

  const guessFrom = async (address: string, password = 'guess', via: Record<string, string> = {}) =>
    (
      await api.app.inject({
        method: 'POST',
        url: '/api/auth/login',
        remoteAddress: address,
        headers: via,
        payload: { email: admin.email, password },
      })
    ).statusCode;

  test('failed attempts from many addresses add up, and a correct password from another address is still accepted', async () => {
    await passTime();
    const addresses = Array.from({ length: 24 }, (_, n) => `203.0.113.${n + 1}`);
    const guessAll = async () => {
      const statuses: number[] = [];
      for (const address of addresses) statuses.push(await guessFrom(address));
      return statuses;
    };
    expect(new Set(await guessAll())).toEqual(new Set([401]));
    // Longer than the real seconds, which a slow machine needs for the next line.
    const nextAt = new Date(Date.now() + 300_000);
    await api.db.updateTable('login_attempt').set({ nextAt }).where('attempts', '>', 5).execute();
    expect(new Set(await guessAll())).toEqual(new Set([429]));
    expect(await guessFrom('198.51.100.7', admin.password)).toBe(201);
    expect(await guessFrom('198.51.100.7', admin.password)).toBe(201);
    await passTime();
  });

  test('a forged X-Forwarded-For is ignored', async () => {
    await passTime();
    // Concurrently, so that the waiting time does not pass on a slow machine.
    const statuses = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        guessFrom('192.168.1.66', 'guess', { 'x-forwarded-for': `203.0.113.${n + 1}` }),
      ),
    );
    expect(statuses.toSorted((one, other) => one - other)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    await passTime();
  });

  test('too many concurrent logins get Retry-After', async () => {
    await passTime();
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        anonymous(
          'POST',
          '/auth/login',
          { email: `${n}@example.org`, password: 'x' },
          { 'x-forwarded-for': `203.0.113.${n}` },
        ),
      ),
    );
    const busy = all.filter((reply) => reply.status === 429);
    expect(busy.length).toBeGreaterThan(10);
    for (const reply of busy) expect(reply.headers['retry-after']).toBe('1');
    expect(all.filter((reply) => reply.status === 401)).toHaveLength(40 - busy.length);
    // Unchecked logins are not counted as failed.
    const counted = await api.db.selectFrom('login_attempt').select('key').execute();
    expect(counted).toHaveLength(2 * (40 - busy.length));
    await passTime();
  });
});

describe('logout', () => {
  test('ends the session and removes the cookies', async () => {
    const { cookies } = await logIn();
    const caller = callerOf(api.app, { cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') });
    const reply = await caller('POST', '/auth/logout');
    expect(reply).toMatchObject({
      status: 200,
      body: { successful: true, redirectUri: '/auth/login?autoLaunch=0' },
    });
    expect(reply.cookies.map((cookie) => cookie.split(';')[0])).toEqual([
      'immich_access_token=',
      'immich_auth_type=',
      'immich_is_authenticated=',
    ]);
    expect(await caller('POST', '/auth/validateToken')).toMatchObject({
      status: 401,
      body: { message: 'Invalid user token' },
    });
  });
});

describe('change of password', () => {
  test('requires the old password and at least eight characters', async () => {
    const caller = await loggedIn();
    const change = (password: string, newPassword: string) =>
      caller('POST', '/auth/change-password', { password, newPassword });
    expect(await change('wrong', 'a new password')).toMatchObject({ status: 400, body: { message: 'Wrong password' } });
    expect((await change(admin.password, 'short')).status).toBe(400);
    expect((await change(admin.password, 'p'.repeat(73))).status).toBe(400);
    expect((await logIn()).status).toBe(201);
  });

  test('keeps the other sessions, or ends them with `invalidateSessions`', async () => {
    const caller = await loggedIn();
    const other = await loggedIn();
    const change = (password: string, newPassword: string, invalidateSessions?: boolean) =>
      caller('POST', '/auth/change-password', { password, newPassword, invalidateSessions });
    const isAlive = async (it: Caller) => (await it('POST', '/auth/validateToken')).status === 200;
    const changed = await change(admin.password, 'a new password');
    expect(changed).toMatchObject({ status: 200, body: { email: admin.email, shouldChangePassword: false } });
    expect((await logIn()).status).toBe(401);
    expect([await isAlive(caller), await isAlive(other)]).toEqual([true, true]);
    expect((await change('a new password', admin.password, true)).status).toBe(200);
    expect([await isAlive(caller), await isAlive(other)]).toEqual([true, false]);
    expect((await logIn()).status).toBe(201);
  });
});
