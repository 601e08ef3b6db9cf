import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
import { takePhotos } from './faults/workload.ts';
import { keepFindings } from './findings.ts';
import { openInstallation, readMinioOptions } from './installation.ts';
import { addFolderOwner, followWatched, toWatched } from './watched-photos.ts';

const photo = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo/sample1.jpg');
const count = Number(process.env['DARKROOM_LAB_PHOTOS'] ?? 1000);

test('photos in the bucket all become assets, once each, with functions that scale from and to zero', async () => {
  await using installation = await openInstallation();
  const { db, store } = installation;
  // The first upload creates the bucket.
  const client = await installation.client();
  expect((await client.upload(photo)).status).toBeLessThan(300);
  // As `darkroom admin minio setup`.
  await ensureNotification(await readMinioOptions(), {
    id: 'darkroom',
    arn: 'arn:minio:sqs::DARKROOM:webhook',
    prefix: 'library/',
  });
  const owner = await addFolderOwner(installation);
  const text = await followWatched({
    installation,
    owner,
    photos: toWatched(owner.label, await takePhotos(count)),
    store,
    timeoutMs: 25 * 60_000,
    put: async (photos) => {
      const left = photos.values();
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (const { key, bytes } of left) await store.put(key, bytes);
        }),
      );
    },
  });
  const unowned = await db.selectFrom('stored_object').selectAll().where('state', '=', 'unowned').execute();
  expect(unowned).toEqual([]);
  await keepFindings('3-bucket', `${count} photos put into the bucket`, text);
});
