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
  await anonymous('POST', '/auth/admin-sign-up', admin);
});
afterAll(() => api[Symbol.asyncDispose]());

const loggedIn = async () =>
  callerOf(api.app, bearer((await anonymous<{ accessToken: string }>('POST', '/auth/login', admin)).body.accessToken));

/** Ends the waiting time after failed attempts. */
const passTime = () => api.db.deleteFrom('login_attempt').execute();

describe('PIN code', () => {
  const pins = { first: { pinCode: '123456' }, wrong: { pinCode: '000000' } };

  test('is set once, unlocks and locks the session, is changed and removed', async () => {
    const caller = await loggedIn();
    const status = async () => (await caller('GET', '/auth/status')).body;
    expect(await status()).toEqual({ isElevated: false, password: true, pinCode: false });
    expect((await caller('POST', '/auth/pin-code', { pinCode: '1234' })).status).toBe(400);
    expect(await caller('POST', '/auth/session/unlock', pins.first)).toMatchObject({
      status: 400,
      body: { message: 'User does not have a PIN code' },
    });
    expect((await caller('POST', '/auth/pin-code', pins.first)).status).toBe(204);
    expect(await caller('POST', '/auth/pin-code', pins.first)).toMatchObject({
      status: 400,
      body: { message: 'User already has a PIN code' },
    });
    expect(await caller('POST', '/auth/session/unlock', pins.wrong)).toMatchObject({
      status: 400,
      body: { message: 'Wrong PIN code' },
    });
    expect(await caller('POST', '/auth/session/unlock', {})).toMatchObject({
      status: 400,
      body: { message: 'Either password or pinCode is required' },
    });
    expect((await caller('POST', '/auth/session/unlock', pins.first)).status).toBe(204);
    expect(await status()).toEqual({ isElevated: true, password: true, pinCode: true, pinExpiresAt: iso });
    expect((await caller('POST', '/auth/session/lock')).status).toBe(204);
    expect(await status()).toEqual({ isElevated: false, password: true, pinCode: true });
    const change = { newPinCode: '654321', password: admin.password };
    expect((await caller('PUT', '/auth/pin-code', change)).status).toBe(204);
    expect((await caller('POST', '/auth/session/unlock', { pinCode: '654321' })).status).toBe(204);
    expect((await caller('DELETE', '/auth/pin-code', { pinCode: '654321' })).status).toBe(204);
    expect(await status()).toEqual({ isElevated: false, password: true, pinCode: false });
  });

  test('unlocks for fifteen minutes, and for five more with each request near the end', async () => {
    const caller = await loggedIn();
    await caller('POST', '/auth/pin-code', pins.first);
    await caller('POST', '/auth/session/unlock', pins.first);
    const leftMs = async () =>
      Date.parse(String((await caller('GET', '/auth/status')).body['pinExpiresAt'])) - Date.now();
    const passUntil = (seconds: number) =>
      api.db
        .updateTable('session')
        .set({ pinExpiresAt: new Date(Date.now() + seconds * 1000) })
        .where('pinExpiresAt', 'is not', null)
        .execute();
    expect(Math.round((await leftMs()) / 60_000)).toBe(15);
    await passUntil(20);
    await caller('GET', '/users/me');
    expect(Math.round((await leftMs()) / 60_000)).toBe(5);
    await passUntil(-1);
    expect((await caller('GET', '/auth/status')).body).toMatchObject({ isElevated: false });
    await caller('DELETE', '/auth/pin-code', pins.first);
  });

  test('cannot be guessed quickly', async () => {
    const caller = await loggedIn();
    await caller('POST', '/auth/pin-code', pins.first);
    const guesses = await Promise.all(
      Array.from({ length: 8 }, () => caller('POST', '/auth/session/unlock', pins.wrong)),
    );
    expect(guesses.filter((reply) => reply.status === 429)).toHaveLength(3);
    await passTime();
    await caller('DELETE', '/auth/pin-code', { password: admin.password });
  });
});

describe('sessions', () => {
  test('are listed, with the current one marked', async () => {
    const caller = await loggedIn();
    await loggedIn();
    const { body } = await caller<{ current: boolean }[]>('GET', '/sessions');
    expect(body.length).toBeGreaterThan(1);
    expect(body.filter((session) => session.current)).toEqual([
      {
        id: uuid,
        createdAt: iso,
        updatedAt: iso,
        current: true,
        deviceType: '',
        deviceOS: '',
        appVersion: null,
        isPendingSyncReset: false,
      },
    ]);
  });

  test('create child sessions, which work with `sessionKey` and end with their parent', async () => {
    const caller = await loggedIn();
    const made = await caller<{ token: string }>('POST', '/sessions', { duration: 3600, deviceType: 'Chromecast' });
    expect(made).toMatchObject({ status: 201, body: { expiresAt: iso, deviceType: 'Chromecast', current: false } });
    const child = async () => (await anonymous('GET', `/users/me?sessionKey=${made.body.token}`)).status;
    expect(await child()).toBe(200);
    await caller('POST', '/auth/logout');
    expect(await child()).toBe(401);
    for (const duration of [0, -1, 1.5, 2 ** 53, '60']) {
      expect((await (await loggedIn())('POST', '/sessions', { duration })).status).toBe(400);
    }
  });

  test('are ended, changed and locked only by their user; DELETE ends all others', async () => {
    const caller = await loggedIn();
    const made = await caller<{ id: string }>('POST', '/sessions', {});
    const stranger = callerOf(api.app, (await api.newUser()).headers);
    const path = `/sessions/${made.body.id}`;
    const denied = (permission: string) => ({
      status: 400,
      body: { message: `Not found or no ${permission} access` },
    });
    expect(await stranger('DELETE', path)).toMatchObject(denied('authDevice.delete'));
    expect(await stranger('POST', `${path}/lock`)).toMatchObject(denied('session.lock'));
    expect(await stranger('PUT', path, { isPendingSyncReset: true })).toMatchObject(denied('session.update'));
    expect(await caller('PUT', path, {})).toMatchObject({ status: 400, body: { message: 'No fields to update' } });
    expect(await caller('PATCH', path, { isPendingSyncReset: true })).toMatchObject({
      status: 200,
      body: { isPendingSyncReset: true },
    });
    expect((await caller('POST', `${path}/lock`)).status).toBe(204);
    expect((await caller('DELETE', path)).status).toBe(204);
    expect((await caller('DELETE', '/sessions/not-an-id')).status).toBe(400);
    expect((await caller('DELETE', '/sessions')).status).toBe(204);
    expect((await caller<unknown[]>('GET', '/sessions')).body).toHaveLength(1);
  });
});
