import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import {
  createApiKey,
  deleteApiKey,
  findApiKey,
  findApiKeyByHash,
  listApiKeys,
  updateApiKey,
} from '#shared/users/api-key.ts';
import { clearLoginAttempts, limitLoginAttempt } from '#shared/users/login-attempt.ts';
import {
  createSession,
  deleteExpiredSessions,
  deleteOtherSessions,
  deleteSession,
  findSessionByToken,
  listSessions,
  lockAllSessions,
  lockSession,
  touchSession,
  unlockSession,
} from '#shared/users/session.ts';
import {
  changeUserMetadata,
  deleteUserMetadata,
  findUserMetadata,
  listUserMetadata,
  putUserMetadata,
} from '#shared/users/user-metadata.ts';
import { listUserUsage } from '#shared/users/user-usage.ts';
import {
  createFirstUser,
  createUser,
  findUser,
  listUsers,
  restoreUser,
  softDeleteUser,
  updateUser,
} from '#shared/users/user.ts';
import type { NewUser } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const newUser = (more: Partial<NewUser> = {}): NewUser => {
  const id = newId();
  return {
    id,
    email: `${id}@example.org`,
    name: 'Ann',
    password: 'hash',
    avatarColor: null,
    storageLabel: null,
    quotaSizeInBytes: null,
    pinCode: null,
    deletedAt: null,
    ...more,
  };
};

const addSession = async (db: Db, userId: string, more: { parentId?: string; expiresAt?: Date } = {}) =>
  createSession(db, { id: newId(), token: randomBytes(32), userId, ...more });

onBothDatabases('identity', (getDb) => {
  describe('users', () => {
    test('of five concurrent sign-ups exactly one becomes the first user', async () => {
      const all = await Promise.all(
        Array.from({ length: 5 }, () => createFirstUser(getDb(), newUser({ isAdmin: true, storageLabel: 'admin' }))),
      );
      expect(all.filter((user) => user !== undefined)).toHaveLength(1);
      expect((await listUsers(getDb())).filter((user) => user.isAdmin)).toHaveLength(1);
    });

    test('a row has the types that the table declares', async () => {
      const saved = await createUser(getDb(), newUser({ quotaSizeInBytes: 2 ** 52, storageLabel: 'types' }));
      if (saved.outcome !== 'saved') throw new Error(saved.outcome);
      expect(saved.user).toEqual({
        ...newUser({ id: saved.user.id, email: saved.user.email }),
        isAdmin: false,
        shouldChangePassword: false,
        storageLabel: 'types',
        oauthId: '',
        clusterGroupId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        profileImagePath: '',
        profileChangedAt: expect.any(Date),
        quotaSizeInBytes: 2 ** 52,
        quotaUsageInBytes: 0,
        status: 'active',
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
      expect(await findUser(getDb(), saved.user.id)).toEqual(saved.user);
    });

    test('a taken address or label is an outcome, not an error', async () => {
      const first = newUser({ storageLabel: 'label' });
      const second = newUser();
      await createUser(getDb(), first);
      await createUser(getDb(), second);
      expect(await createUser(getDb(), newUser({ email: first.email }))).toEqual({ outcome: 'email-taken' });
      expect(await createUser(getDb(), newUser({ storageLabel: 'label' }))).toEqual({ outcome: 'storage-label-taken' });
      expect(await updateUser(getDb(), second.id, { email: first.email })).toEqual({ outcome: 'email-taken' });
      expect(await updateUser(getDb(), second.id, { storageLabel: 'label' })).toEqual({
        outcome: 'storage-label-taken',
      });
      expect(await updateUser(getDb(), newId(), { name: 'nobody' })).toEqual({ outcome: 'not-found' });
    });

    test('a change keeps other fields and updates updatedAt', async () => {
      const user = newUser({ name: 'Before' });
      const created = await createUser(getDb(), user);
      const changed = await updateUser(getDb(), user.id, { name: 'After' });
      if (created.outcome !== 'saved' || changed.outcome !== 'saved') throw new Error('not saved');
      expect(changed.user).toEqual({ ...created.user, name: 'After', updatedAt: expect.any(Date) });
      expect(changed.user.updatedAt.getTime()).toBeGreaterThanOrEqual(created.user.updatedAt.getTime());
    });

    test('a deleted user leaves the list and loses the sessions, and can be restored', async () => {
      const user = newUser();
      await createUser(getDb(), user);
      const { token } = await addSession(getDb(), user.id);
      expect(await softDeleteUser(getDb(), user.id)).toMatchObject({
        status: 'deleted',
        deletedAt: expect.any(Date),
      });
      expect(await softDeleteUser(getDb(), user.id)).toBeUndefined();
      expect(await findSessionByToken(getDb(), token)).toBeUndefined();
      expect(await listUsers(getDb(), { id: user.id })).toEqual([]);
      expect(await listUsers(getDb(), { id: user.id, withDeleted: true })).toHaveLength(1);
      expect(await updateUser(getDb(), user.id, { name: 'ghost' })).toEqual({ outcome: 'not-found' });
      expect(await restoreUser(getDb(), user.id)).toMatchObject({ status: 'active', deletedAt: null });
      expect(await listUsers(getDb(), { id: user.id })).toHaveLength(1);
    });
  });

  describe('user metadata', () => {
    test('a value is read as it was written, replaced and deleted', async () => {
      const userId = await addUser(getDb());
      expect(await findUserMetadata(getDb(), userId, 'onboarding')).toBeUndefined();
      await putUserMetadata(getDb(), userId, 'onboarding', { isOnboarded: false });
      await putUserMetadata(getDb(), userId, 'onboarding', { isOnboarded: true, note: 'é' });
      expect(await findUserMetadata(getDb(), userId, 'onboarding')).toEqual({ isOnboarded: true, note: 'é' });
      const others = await listUserMetadata(getDb(), [userId, newId()], 'onboarding');
      expect([...others]).toEqual([[userId, { isOnboarded: true, note: 'é' }]]);
      await deleteUserMetadata(getDb(), userId, 'onboarding');
      await deleteUserMetadata(getDb(), userId, 'onboarding');
      expect(await findUserMetadata(getDb(), userId, 'onboarding')).toBeUndefined();
    });

    test('ten concurrent changes are all kept', async () => {
      const userId = await addUser(getDb());
      const add = (value: unknown) => ((value as number | undefined) ?? 0) + 1;
      await Promise.all(Array.from({ length: 10 }, () => changeUserMetadata(getDb(), userId, 'preferences', add)));
      expect(await findUserMetadata(getDb(), userId, 'preferences')).toBe(10);
    });
  });

  describe('sessions', () => {
    test('a session is found by the hash of its token, with its user, until it expires', async () => {
      const userId = await addUser(getDb());
      const { id, token } = await addSession(getDb(), userId, { expiresAt: new Date(Date.now() + 60_000) });
      const found = await findSessionByToken(getDb(), token);
      expect(found).toEqual({
        session: { id, appVersion: null, updatedAt: expect.any(Date), expiresAt: expect.any(Date), pinExpiresAt: null },
        user: await findUser(getDb(), userId),
      });
      await getDb()
        .updateTable('session')
        .set({ expiresAt: new Date(Date.now() - 1000) })
        .where('id', '=', id)
        .execute();
      expect(await findSessionByToken(getDb(), token)).toBeUndefined();
      expect(await listSessions(getDb(), userId)).toEqual([]);
      expect(await deleteExpiredSessions(getDb())).toBe(1);
    });

    test('the sessions of another user are neither deleted nor locked', async () => {
      const owner = await addUser(getDb());
      const stranger = await addUser(getDb());
      const { id } = await addSession(getDb(), owner);
      expect(await deleteSession(getDb(), id, stranger)).toBe(false);
      expect(await lockSession(getDb(), id, stranger)).toBe(false);
      expect(await unlockSession(getDb(), id, stranger, 15)).toBe(false);
      await deleteOtherSessions(getDb(), stranger);
      expect(await listSessions(getDb(), owner)).toHaveLength(1);
      expect(await deleteSession(getDb(), id, owner)).toBe(true);
    });

    test('a child session ends with its parent, but outlives it when all others are ended', async () => {
      const userId = await addUser(getDb());
      const parent = await addSession(getDb(), userId);
      const child = await addSession(getDb(), userId, { parentId: parent.id });
      await addSession(getDb(), userId, { parentId: child.id });
      await deleteOtherSessions(getDb(), userId, child.id);
      expect((await listSessions(getDb(), userId)).map((session) => session.id)).toEqual([child.id]);
      const grandchild = await addSession(getDb(), userId, { parentId: child.id });
      await deleteSession(getDb(), child.id, userId);
      expect(await findSessionByToken(getDb(), grandchild.token)).toBeUndefined();
    });

    test('an elevation lasts the given minutes and is ended by a lock', async () => {
      const userId = await addUser(getDb());
      const { id, token } = await addSession(getDb(), userId);
      await unlockSession(getDb(), id, userId, 15);
      const pinExpiresAt = (await findSessionByToken(getDb(), token))?.session.pinExpiresAt;
      expect((pinExpiresAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(14 * 60_000);
      await lockAllSessions(getDb(), userId);
      expect((await findSessionByToken(getDb(), token))?.session.pinExpiresAt).toBeNull();
    });

    test('touching a session stores the device and the time', async () => {
      const { id, token } = await addSession(getDb(), await addUser(getDb()));
      await getDb()
        .updateTable('session')
        .set({ updatedAt: new Date('2020-01-01') })
        .where('id', '=', id)
        .execute();
      await touchSession(getDb(), id, { deviceType: 'Pixel', deviceOS: 'Android', appVersion: '3.2.2' });
      const found = await findSessionByToken(getDb(), token);
      expect(found?.session.appVersion).toBe('3.2.2');
      expect(found?.session.updatedAt.getFullYear()).toBeGreaterThan(2020);
    });
  });

  describe('API keys', () => {
    test('a key is found by its hash, and by the new one only once it is rotated', async () => {
      const userId = await addUser(getDb());
      const [before, after] = [randomBytes(32), randomBytes(32)];
      const created = await createApiKey(getDb(), {
        id: newId(),
        name: 'key',
        key: before,
        userId,
        permissions: ['asset.read', 'asset.upload'],
      });
      expect(created).toEqual({
        id: created.id,
        name: 'key',
        key: before,
        userId,
        permissions: ['asset.read', 'asset.upload'],
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
      expect(Buffer.isBuffer(created.key)).toBe(true);
      expect(await findApiKeyByHash(getDb(), before)).toEqual({
        apiKey: { id: created.id, permissions: ['asset.read', 'asset.upload'] },
        user: await findUser(getDb(), userId),
      });
      await updateApiKey(getDb(), created.id, userId, { key: after });
      expect(await findApiKeyByHash(getDb(), before)).toBeUndefined();
      expect((await findApiKeyByHash(getDb(), after))?.apiKey.id).toBe(created.id);
      await softDeleteUser(getDb(), userId);
      expect(await findApiKeyByHash(getDb(), after)).toBeUndefined();
    });

    test('the key of another user is neither found, changed nor deleted', async () => {
      const owner = await addUser(getDb());
      const stranger = await addUser(getDb());
      const { id } = await createApiKey(getDb(), {
        id: newId(),
        name: 'key',
        key: randomBytes(32),
        userId: owner,
        permissions: ['all'],
      });
      expect(await findApiKey(getDb(), id, stranger)).toBeUndefined();
      expect(await updateApiKey(getDb(), id, stranger, { name: 'mine' })).toBeUndefined();
      expect(await deleteApiKey(getDb(), id, stranger)).toBe(false);
      expect((await listApiKeys(getDb(), owner)).map((key) => key.name)).toEqual(['key']);
      expect(await listApiKeys(getDb(), stranger)).toEqual([]);
      expect(await deleteApiKey(getDb(), id, owner)).toBe(true);
    });
  });

  describe('login attempts', () => {
    const waitOf = async (key: Buffer) => {
      const limit = await limitLoginAttempt(getDb(), key, 5);
      return limit.outcome === 'allowed' ? 0 : limit.waitMs;
    };
    const passTime = async (key: Buffer, seconds: number) =>
      getDb()
        .updateTable('login_attempt')
        .set({ nextAt: sql<Date>`"nextAt" - make_interval(secs => ${seconds})` })
        .where('key', '=', key)
        .execute();

    test('of twenty concurrent attempts five are allowed', async () => {
      const key = randomBytes(32);
      const waits = await Promise.all(Array.from({ length: 20 }, () => waitOf(key)));
      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(5);
      for (const waitMs of waits.filter((it) => it > 0)) expect(waitMs).toBeLessThanOrEqual(1000);
    });

    test('the waiting time doubles up to a minute, and a rejected attempt does not extend it', async () => {
      const key = randomBytes(32);
      for (let attempt = 0; attempt < 5; attempt++) expect(await waitOf(key)).toBe(0);
      const waits: number[] = [];
      for (let attempt = 0; attempt < 9; attempt++) {
        await waitOf(key);
        waits.push(Math.ceil((await waitOf(key)) / 1000));
        await passTime(key, 60);
        expect(await waitOf(key)).toBe(0);
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    });

    test('a success, or an hour without attempts, resets the waiting time', async () => {
      const [succeeds, rests, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
      for (const key of [succeeds, rests, other]) for (let attempt = 0; attempt < 5; attempt++) await waitOf(key);
      await clearLoginAttempts(getDb(), succeeds);
      await passTime(rests, 3700);
      expect([await waitOf(succeeds), await waitOf(succeeds)]).toEqual([0, 0]);
      expect([await waitOf(rests), await waitOf(rests)]).toEqual([0, 0]);
      expect(await waitOf(other)).toBeGreaterThan(0);
    });
  });

  test('the usage of a user is counted in numbers, photos and videos separately', async () => {
    const userId = await addUser(getDb(), { quotaSizeInBytes: 9000 });
    await addAsset(getDb(), userId);
    await addAsset(getDb(), userId, { type: 'VIDEO', visibility: 'hidden' });
    await addAsset(getDb(), userId, { status: 'trashed' });
    const usage = await listUserUsage(getDb());
    expect(usage.find((user) => user.userId === userId)).toEqual({
      userId,
      userName: '',
      quotaSizeInBytes: 9000,
      photos: 1,
      videos: 0,
      usageBytes: 2000,
      usagePhotosBytes: 1000,
      usageVideosBytes: 1000,
    });
  });
});
