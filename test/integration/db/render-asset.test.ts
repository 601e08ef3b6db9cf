import { expect, test } from 'vitest';
import { findAsset, listAssetFiles } from '#shared/assets/asset.ts';
import { findAssetFilePath, renderAsset } from '#shared/assets/render-asset.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const rendering = (name: string) => ({
  thumbhash: Buffer.from([0, 255, 0x5c, 39]),
  files: [
    { type: 'thumbnail', path: `${name}.webp` },
    { type: 'preview', path: `${name}.jpg` },
  ] as const,
});

onBothDatabases('renderings', (getDb) => {
  test('the derivatives and the thumbhash are written in their types', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await renderAsset(db, id, rendering('a'));
    expect(await findAsset(db, id)).toMatchObject({
      thumbhash: Buffer.from([0, 255, 0x5c, 39]),
    });
    const files = await listAssetFiles(db, id);
    expect(files.find((it) => it.type === 'preview')).toEqual({
      id: expect.any(String),
      assetId: id,
      type: 'preview',
      path: 'a.jpg',
      isEdited: false,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
  });

  test('repeated and concurrent runs leave the last file of each type', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await Promise.all(Array.from({ length: 6 }, () => renderAsset(db, id, rendering('a'))));
    await renderAsset(db, id, rendering('b'));
    expect((await listAssetFiles(db, id)).map((it) => it.path).toSorted()).toEqual(['b.jpg', 'b.webp']);
  });

  test('the file of the unedited picture is found', async () => {
    const db = getDb();
    const { id: assetId } = await addAsset(db, await addUser(db));
    await renderAsset(db, assetId, rendering('a'));
    await db
      .insertInto('asset_file')
      .values({ assetId, type: 'preview', path: 'edited.jpg', isEdited: true })
      .execute();
    expect(await findAssetFilePath(db, assetId, 'preview')).toBe('a.jpg');
    expect(await findAssetFilePath(db, assetId, 'sidecar')).toBeUndefined();
    expect(await findAssetFilePath(db, newId(), 'preview')).toBeUndefined();
  });
});
