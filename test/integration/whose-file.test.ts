import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fn as ingest } from '#functions/ingest/main.ts';
import { updateUser } from '#shared/users/user.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './db/both-databases.ts';

type Name = 'ada' | 'bob' | 'nobody';

/** Successive holders of the label; the first one writes a file, and a holder with `!` writes it again. */
const stories: { holders: readonly (Name | `${Name}!`)[]; isToldEachTime: boolean }[] = [
  ['ada', 'bob'],
  ['ada', 'bob!'],
  ['ada', 'nobody', 'bob!'],
  ['ada', 'nobody', 'ada'],
  ['ada', 'bob', 'ada'],
  ['ada', 'bob!', 'ada'],
  ['ada', 'bob!', 'ada!'],
  ['ada', 'bob!', 'nobody', 'ada!', 'bob'],
  ['nobody', 'bob', 'ada!', 'bob!'],
].flatMap((holders) =>
  [true, false].map((isToldEachTime) => ({ holders: holders as (Name | `${Name}!`)[], isToldEachTime })),
);

onBothDatabases('the owner of a file when a storage label goes from one user to another', (getDb) => {
  let files: TestPlatform;
  let platform: Platform;
  beforeAll(async () => {
    files = await openTestPlatform();
    platform = { ...files, db: getDb() };
  });
  afterAll(() => files[Symbol.asyncDispose]());

  async function tell(type: 'created' | 'removed', key: string): Promise<void> {
    const data = type === 'created' ? { store: 'folder', key, sizeBytes: 1, version: 'v' } : { store: 'folder', key };
    const time = new Date().toISOString();
    const event = { id: newId(), type: `photos.darkroom.object.${type}.v1`, source: '/t', subject: key, time, data };
    expect((await deliver(await ingest.create(platform), event as DarkroomEvent)).status).toBe(204);
  }
  /** Delivers the events in the outbox, as the relay and the Broker do. */
  async function drain(): Promise<void> {
    const rows = await getDb().deleteFrom('outbox').returning('subject').execute();
    for (const { subject } of rows) await tell('created', subject);
  }
  const assetsOf = (ownerId: string) =>
    getDb().selectFrom('asset').selectAll().where('ownerId', '=', ownerId).orderBy('createdAt').execute();
  const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

  test.each(stories)('$holders, reported each time: $isToldEachTime', async ({ holders, isToldEachTime }) => {
    const label = `label-${randomBytes(4).toString('hex')}`;
    const key = `library/${label}/a.jpg`;
    const users = { ada: await addUser(getDb()), bob: await addUser(getDb()) };
    // The contents of the file while each holder had the label.
    const mayHave: Record<Name, Set<string>> = { ada: new Set(), bob: new Set(), nobody: new Set() };
    let bytes: Buffer | undefined;
    let before: Name = 'nobody';
    for (const holder of holders) {
      const name = holder.replace('!', '') as Name;
      if (before !== 'nobody') await updateUser(getDb(), users[before], { storageLabel: null });
      if (name !== 'nobody') await updateUser(getDb(), users[name], { storageLabel: label });
      if (isToldEachTime) await drain();
      if (bytes !== undefined) mayHave[name].add(sha1(bytes));
      if (bytes === undefined || holder.endsWith('!')) {
        bytes = randomBytes(100);
        mayHave[name].add(sha1(bytes));
        await files.store.put(key, bytes);
        if (isToldEachTime) await tell('created', key);
      }
      before = name;
    }
    await tell('created', key);
    await drain();
    for (const name of ['ada', 'bob'] as const) {
      const assets = await assetsOf(users[name]);
      const shown = assets.filter((it) => !it.isOffline);
      expect(shown.map((it) => it.checksum.toString('hex'))).toEqual(before === name ? [sha1(bytes as Buffer)] : []);
      expect(assets.filter((it) => !mayHave[name].has(it.checksum.toString('hex')))).toEqual([]);
    }
  });

  test('a removed file does not change assets of earlier holders of the label, and a copy elsewhere belongs to its owner', async () => {
    const [label, other] = ['a', 'b'].map((it) => `${it}-${randomBytes(4).toString('hex')}`) as [string, string];
    const [ada, bob] = [await addUser(getDb()), await addUser(getDb(), { storageLabel: other })];
    const [key, copy] = [`library/${label}/a.jpg`, `library/${ada}/a.jpg`];
    const bytes = randomBytes(100);
    await updateUser(getDb(), ada, { storageLabel: label });
    for (const it of [key, copy]) {
      await files.store.put(it, bytes);
      await tell('created', it);
    }
    const [asset] = await assetsOf(ada);
    expect(asset).toMatchObject({ originalPath: key });
    await updateUser(getDb(), ada, { storageLabel: null });
    await updateUser(getDb(), bob, { storageLabel: label });
    await drain();
    expect(await assetsOf(ada)).toMatchObject([{ id: asset?.id, originalPath: copy, isOffline: false }]);
    expect(await assetsOf(bob)).toMatchObject([{ originalPath: key, isOffline: false }]);
    await files.store.delete(key);
    await tell('removed', key);
    expect(await assetsOf(ada)).toMatchObject([{ id: asset?.id, originalPath: copy, isOffline: false }]);
    expect(await assetsOf(bob)).toMatchObject([{ originalPath: key, isOffline: true }]);
    // The copy belongs only to Ada, though it has the same bytes as the file that Bob lost.
    await tell('removed', key);
    expect(await assetsOf(bob)).toMatchObject([{ isOffline: true }]);
  });

  test('a sidecar in a folder that belongs to another user now is not read for the earlier owner', async () => {
    const label = `label-${randomBytes(4).toString('hex')}`;
    const [ada, bob] = [await addUser(getDb(), { storageLabel: label }), await addUser(getDb())];
    const key = `library/${label}/a.jpg`;
    await files.store.put(key, randomBytes(100));
    await tell('created', key);
    const [asset] = await assetsOf(ada);
    await updateUser(getDb(), ada, { storageLabel: null });
    await updateUser(getDb(), bob, { storageLabel: label });
    await files.store.put(`${key}.xmp`, Buffer.from('<x/>'));
    await tell('created', `${key}.xmp`);
    const sidecars = await getDb()
      .selectFrom('asset_file')
      .selectAll()
      .where('assetId', '=', asset?.id ?? '')
      .execute();
    expect(sidecars).toEqual([]);
  });
});
