import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLibrary } from '#shared/libraries/library.ts';
import { createPerson } from '#shared/people/person.ts';
import { softDeleteUser } from '#shared/users/user.ts';
import { newId } from '#shared/ids/ids.ts';
import { removeDeleted } from '#functions/sweep/remove-deleted.ts';
import { sweep } from '#functions/sweep/sweep.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset, addFace } from '#test/support/rows.ts';
import { onBothDatabases } from './db/both-databases.ts';

type User = ApiClient & { userId: string };

onBothDatabases('an account', (getDb) => {
  let api: ApiApp;
  let admin: User;
  beforeAll(async () => {
    api = await openApiApp({ db: getDb() });
    admin = await api.newUser();
    await api.db.updateTable('user').set({ isAdmin: true }).where('id', '=', admin.userId).execute();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const emailOf = (id: string) => `${id}@example.org`;
  const find = async (id: string) =>
    (await admin.call<{ id: string; status: string }[]>('GET', '/admin/users?withDeleted=true')).find(
      (it) => it.id === id,
    );
  const remove = (id: string) => admin.call<{ status: string }>('DELETE', `/admin/users/${id}`, { force: true });
  const sweepNow = (options = {}) => sweep({ ...api.ports, holder: 'test' }, options);

  /** A user with photos, one of them in a library, a person, an album and their files. */
  async function addOwner() {
    const owner = await api.newUser();
    const ownerId = owner.userId;
    const ids = [(await addAsset(api.db, ownerId)).id, (await addAsset(api.db, ownerId, { visibility: 'locked' })).id];
    const library = { id: newId(), ownerId, name: 'L', importPaths: [`/mnt/${ownerId}`], exclusionPatterns: [] };
    await createLibrary(api.db, library);
    const keys = ids.map((id) => `upload/${ownerId}/${id}.jpg`);
    for (const key of keys) await api.store.put(key, Buffer.from('x'));
    const person = await createPerson(api.db, ownerId, { name: 'Ann' });
    await addFace(api.db, ids[0] ?? '', { personId: person.id });
    const albumUsers = [{ userId: admin.userId, role: 'editor' }];
    const { id: albumId } = await owner.call<{ id: string }>('POST', '/albums', {
      albumName: 'A',
      assetIds: [ids[0]],
      albumUsers,
    });
    return { owner, ownerId, ids, keys, albumId };
  }

  /** Handles the deletion events, as the sweep function does. */
  async function handleDeletions(): Promise<void> {
    await api.ports.relay.settled();
    for (const { type, subject } of api.published.splice(0))
      if (type === 'photos.darkroom.asset.deleted.v1' && subject !== undefined) await removeDeleted(api.ports, subject);
  }

  async function expectGone({ ownerId, keys, albumId }: Awaited<ReturnType<typeof addOwner>>): Promise<void> {
    expect(await find(ownerId)).toBeUndefined();
    for (const key of keys) expect(await api.store.find(key)).toBeUndefined();
    const { rows } = await sql<{ n: number }>`
      select (select count(*) from asset where "ownerId" = ${ownerId}) + (select count(*) from person where "ownerId" = ${ownerId})
        + (select count(*) from album where "id" = ${albumId}) + (select count(*) from library where "ownerId" = ${ownerId}) as "n"`.execute(
      api.db,
    );
    expect(rows).toEqual([{ n: 0 }]);
    const body = { email: emailOf(ownerId), name: 'Again', password: 'password' };
    expect(await admin.call('POST', '/admin/users', body)).toMatchObject({ email: emailOf(ownerId) });
  }

  test('that is deleted with force is removed with its photos, and its address is free', async () => {
    const scene = await addOwner();
    expect(await remove(scene.ownerId)).toMatchObject({ id: scene.ownerId, status: 'removing' });
    expect((await scene.owner.fetch('/users/me')).status).toBe(401);
    expect((await admin.fetch(`/admin/users/${scene.ownerId}/restore`, { method: 'POST' })).status).toBe(400);
    await handleDeletions();
    await expectGone(scene);
  });

  test('without photos is removed before the response', async () => {
    const { userId } = await api.newUser();
    expect(await remove(userId)).toMatchObject({ status: 'removing' });
    expect(await find(userId)).toBeUndefined();
  });

  test('whose events were lost, or whose last step was interrupted, is removed after a restart', async () => {
    const [lost, last] = [await addOwner(), await addOwner()];
    for (const { ownerId } of [lost, last]) await remove(ownerId);
    await api.ports.relay.settled();
    api.published.splice(0);
    await api.db.deleteFrom('outbox').execute();
    for (const key of last.keys) await api.store.delete(key);
    await api.db.deleteFrom('asset').where('ownerId', '=', last.ownerId).execute();
    expect(await find(lost.ownerId)).toMatchObject({ status: 'removing' });
    expect(await sweepNow({ isOnlyProcess: true })).toMatchObject({ accountsRemoved: 1 });
    await expectGone(last);
    await handleDeletions();
    await expectGone(lost);
  });

  test('loses a photo that was uploaded during the removal too', async () => {
    const scene = await addOwner();
    await remove(scene.ownerId);
    await addAsset(api.db, scene.ownerId);
    await handleDeletions();
    expect(await find(scene.ownerId)).toMatchObject({ status: 'removing' });
    await sweepNow();
    await handleDeletions();
    await expectGone(scene);
  });

  test('that was closed can be restored within seven days, and is removed afterwards', async () => {
    const [kept, late] = [await addOwner(), await addOwner()];
    for (const { ownerId } of [kept, late]) await softDeleteUser(api.db, ownerId);
    const age = (id: string, days: number) =>
      sql`update "user" set "deletedAt" = now() - make_interval(days => ${days}) where "id" = ${id}`.execute(api.db);
    await age(kept.ownerId, 6);
    await age(late.ownerId, 8);
    await sweepNow();
    await handleDeletions();
    await expectGone(late);
    expect(await find(kept.ownerId)).toMatchObject({ status: 'deleted' });
    await admin.call('POST', `/admin/users/${kept.ownerId}/restore`);
    await sweepNow();
    expect(await find(kept.ownerId)).toMatchObject({ status: 'active' });
    for (const key of kept.keys) expect(await api.store.find(key)).toBeDefined();
  });
});
