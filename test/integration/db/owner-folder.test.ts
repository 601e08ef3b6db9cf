import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { createAsset } from '#shared/assets/create-asset.ts';
import { markOffline } from '#shared/assets/offline-asset.ts';
import { claimAcknowledged, deleteOutbox } from '#shared/outbox/outbox.ts';
import { findOwnerOfFolder, holdFolder } from '#shared/users/owner-folder.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import { createFirstUser, createUser, restoreUser, softDeleteUser, updateUser } from '#shared/users/user.ts';
import type { NewUser } from '#shared/db/tables.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { objectCreated } from '#shared/events/new-event.ts';
import { parseConfig } from '#shared/config/config.ts';
import { newId } from '#shared/ids/ids.ts';
import { silentLog } from '#shared/log/log.ts';
import { relayOnce } from '#shared/pipeline/relay.ts';
import { onBothDatabases } from './both-databases.ts';

const newUser = (storageLabel: string | null): NewUser => {
  const id = newId();
  return {
    id,
    email: `${id}@example.org`,
    password: null,
    avatarColor: null,
    storageLabel,
    quotaSizeInBytes: null,
    pinCode: null,
    deletedAt: null,
  };
};

async function addUnowned(db: Db, folder: string, count: number): Promise<void> {
  await sql`
    insert into stored_object ("store", "key", "state", "sizeBytes", "version", "ownerFolder", "reason")
    select 'folder', 'library/' || ${folder}::text || '/' || n || '.jpg', 'unowned', n, 'v' || n, ${folder}, 'no user'
    from generate_series(1, ${count}::integer) n`.execute(db);
}

onBothDatabases('folders without an owner', (getDb, kind) => {
  let folder: string;
  beforeEach(async () => {
    folder = `f-${randomBytes(4).toString('hex')}`;
    await getDb().deleteFrom('outbox').execute();
    await getDb().deleteFrom('stored_object').execute();
    await getDb().deleteFrom('asset_stage').execute();
  });
  const waiting = () => getDb().selectFrom('outbox').selectAll().orderBy('subject').execute();

  test('are announced when a user with that label is created', async () => {
    await addUnowned(getDb(), folder, 2);
    await addUnowned(getDb(), `${folder}-other`, 1);
    const user = newUser(folder);
    expect((await createUser(getDb(), user)).outcome).toBe('saved');
    const key = `library/${folder}/1.jpg`;
    expect(await waiting()).toMatchObject([
      {
        type: 'photos.darkroom.object.created.v1',
        subject: key,
        isAcknowledged: true,
        data: { store: 'folder', key, sizeBytes: 1, version: 'v1' },
      },
      { subject: `library/${folder}/2.jpg` },
    ]);
  });

  test('are announced when a label is changed, by the folder’s own id, and when a user is restored', async () => {
    await addUnowned(getDb(), folder, 1);
    const user = newUser(null);
    await addUnowned(getDb(), user.id, 1);
    await createUser(getDb(), user);
    expect(await waiting()).toMatchObject([{ subject: `library/${user.id}/1.jpg` }]);
    await getDb().deleteFrom('outbox').execute();
    await updateUser(getDb(), user.id, { name: 'Ann' });
    expect(await waiting()).toEqual([]);
    await updateUser(getDb(), user.id, { storageLabel: folder });
    expect((await waiting()).map((it) => it.subject)).toContain(`library/${folder}/1.jpg`);
    await getDb().deleteFrom('outbox').execute();
    await softDeleteUser(getDb(), user.id);
    expect(await findOwnerOfFolder(getDb(), folder)).toBeUndefined();
    await restoreUser(getDb(), user.id);
    expect((await waiting()).map((it) => it.subject)).toContain(`library/${folder}/1.jpg`);
  });

  test('are announced to the first administrator', async () => {
    await getDb().deleteFrom('user').execute();
    await addUnowned(getDb(), folder, 1);
    await createFirstUser(getDb(), newUser(folder));
    expect(await waiting()).toHaveLength(1);
  });

  test('are not announced by a user who was not saved', async () => {
    await createUser(getDb(), newUser(folder));
    await addUnowned(getDb(), folder, 1);
    expect((await createUser(getDb(), newUser(folder))).outcome).toBe('storage-label-taken');
    expect(await waiting()).toEqual([]);
  });

  test('are announced by a separate event, beside one of the watcher that is under way', async () => {
    await addUnowned(getDb(), folder, 1);
    const { id } = objectCreated('/test', {
      store: 'folder',
      key: `library/${folder}/1.jpg`,
      sizeBytes: 1,
      version: 'v1',
    });
    await sql`insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
      values (${id}, 'photos.darkroom.object.created.v1', '/test', 'x', '{}', true)`.execute(getDb());
    await createUser(getDb(), newUser(folder));
    expect(await waiting()).toHaveLength(2);
  });

  test('are compared in one Unicode form', async () => {
    const user = newUser(`${folder}-e\u0301`);
    await createUser(getDb(), user);
    for (const form of ['NFC', 'NFD'] as const)
      expect((await findOwnerOfFolder(getDb(), `${folder}-e\u0301`.normalize(form)))?.id).toBe(user.id);
  });

  test('are never lost while they get an owner: each decision locks the folder and reads its owner', async () => {
    const key = { store: 'folder', key: `library/${folder}/a.jpg` };
    const fate = {
      state: 'unowned',
      assetId: null,
      ownerId: null,
      sizeBytes: 1,
      version: 'v',
      reason: 'no user',
    } as const;
    const user = newUser(folder);
    const decide = () =>
      getDb()
        .transaction()
        .execute(async (tx) => {
          await holdFolder(tx, folder);
          const owner = await findOwnerOfFolder(tx, folder);
          if (owner === undefined) await recordObject(tx, key, { ...fate, ownerFolder: folder });
          return owner;
        });
    const [owner] = await Promise.all([decide(), createUser(getDb(), user)]);
    expect(owner?.id === user.id || (await waiting()).length === 1).toBe(true);
    expect((await decide())?.id).toBe(user.id);
  });

  async function addFound(ownerId: string, key: string): Promise<string> {
    const id = newId();
    const date = new Date('2024-05-06T07:08:09.123Z');
    await createAsset(getDb(), {
      store: 'folder',
      origin: { kind: 'found', version: 'v1', ownerFolder: folder },
      asset: {
        id,
        ownerId,
        type: 'IMAGE',
        checksum: randomBytes(20),
        originalPath: key,
        originalFileName: 'a.jpg',
        fileSizeInByte: 1,
        fileCreatedAt: date,
        fileModifiedAt: date,
        localDateTime: date,
      },
    });
    return id;
  }
  const announced = async () => {
    const rows = await getDb().deleteFrom('outbox').returning('subject').execute();
    return rows.map((it) => it.subject).toSorted();
  };

  test('are announced with their assets of the previous owner when their label goes to another user or to none', async () => {
    const [ada, bob] = [newUser(folder), newUser(null)];
    for (const user of [ada, bob]) await createUser(getDb(), user);
    const [a, b] = [`library/${folder}/a.jpg`, `library/${folder}/b.jpg`];
    await addFound(ada.id ?? '', a);
    const offline = await addFound(ada.id ?? '', b);
    await markOffline(getDb(), offline);
    await updateUser(getDb(), ada.id ?? '', { storageLabel: null });
    expect(await announced()).toEqual([a]);
    await updateUser(getDb(), bob.id ?? '', { storageLabel: folder });
    expect(await announced()).toEqual([a, b]);
    await updateUser(getDb(), bob.id ?? '', { storageLabel: null });
    expect(await announced()).toEqual([a]);
    await updateUser(getDb(), ada.id ?? '', { storageLabel: folder });
    expect(await announced()).toEqual([b]);
    await softDeleteUser(getDb(), ada.id ?? '');
    await restoreUser(getDb(), ada.id ?? '');
    expect(await announced()).toEqual([b]);
  });

  const count = kind === 'postgres' ? 100_000 : 2_000;
  test(`${count} of them are announced at once and sent a few at a time`, async () => {
    await addUnowned(getDb(), folder, count);
    const start = performance.now();
    await createUser(getDb(), newUser(folder));
    const ms = Math.round(performance.now() - start);
    if (process.env['DARKROOM_TEST_LOG']) process.stderr.write(`${count} unowned announced in ${ms} ms\n`);
    expect(ms).toBeLessThan(30_000);
    const { rows } = await sql<{ n: number }>`select count(*) as "n" from outbox`.execute(getDb());
    expect(rows[0]?.n).toBe(count);

    const sent: DarkroomEvent[] = [];
    const publish = (events: readonly DarkroomEvent[]) => Promise.resolve(void sent.push(...events));
    const round = () =>
      relayOnce({ db: getDb(), publish, log: silentLog, config: parseConfig({ DARKROOM_QUEUE_CAP: '64' }) });
    await round();
    await round();
    expect(sent).toHaveLength(64);
    await deleteOutbox(
      getDb(),
      sent.slice(0, 10).map((it) => it.id),
    );
    await round();
    expect(sent).toHaveLength(74);
    expect(new Set(sent.map((it) => it.id)).size).toBe(74);
    const claim = performance.now();
    await claimAcknowledged(getDb(), 128, 900);
    expect(performance.now() - claim).toBeLessThan(2_000);
  });
});
