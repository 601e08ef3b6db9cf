import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const count = 70_000;

onBothDatabases('empty lists', (getDb) => {
  test('have nothing in them and everything outside', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id } = await addAsset(db, ownerId);
    const own = db.selectFrom('asset').select('id').where('ownerId', '=', ownerId);
    for (const column of ['id', 'originalFileName'] as const) {
      expect(await own.where(column, 'in', []).execute()).toEqual([]);
      expect(await own.where(column, 'not in', []).execute()).toEqual([{ id }]);
    }
    for (const column of ['checksum', 'localDateTime', 'fileSizeInByte'] as const)
      expect(await own.where(column, 'in', []).execute()).toEqual([]);
    expect((await db.deleteFrom('asset').where('id', 'in', []).executeTakeFirst()).numDeletedRows).toBe(0n);
  });
});

onBothDatabases('lists longer than a statement has parameters', (getDb) => {
  test('ids are found in them, and left out by them', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [inside, outside] = [await addAsset(db, ownerId), await addAsset(db, ownerId)];
    const ids = [...Array.from({ length: count }, newId), inside.id];
    const own = db.selectFrom('asset').select('id').where('ownerId', '=', ownerId);
    expect(await own.where('id', 'in', ids).execute()).toEqual([{ id: inside.id }]);
    expect(await own.where('id', 'not in', ids).execute()).toEqual([{ id: outside.id }]);
    const updated = await db.updateTable('asset').set({ isFavorite: true }).where('id', 'in', ids).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
  });

  test('checksums and texts are found in them', async () => {
    const db = getDb();
    const checksum = randomBytes(20);
    const { id } = await addAsset(db, await addUser(db), {
      checksum,
      originalFileName: 'a "quoted", {braced} \\ name',
    });
    const checksums = [...Array.from({ length: count }, () => randomBytes(20)), checksum];
    const names = [...Array.from({ length: count }, (_, n) => `${n}`), 'a "quoted", {braced} \\ name'];
    const query = db.selectFrom('asset').select('id');
    expect(await query.where('checksum', 'in', checksums).execute()).toEqual([{ id }]);
    expect(await query.where('originalFileName', 'in', names).execute()).toEqual([{ id }]);
  });
});
