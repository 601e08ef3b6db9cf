import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { findBroker } from './admin.ts';
import { openFaultLab, type FaultLab } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { startDisorderlyRelay } from './relay.ts';
import { redirectTrigger } from './trigger.ts';
import { countPhotos, takePhotos, takePhotosOfPeople, tellAnswers, uploadAll, type Photo } from './workload.ts';

const host = process.env['DARKROOM_LAB_HOST'] ?? '10.200.0.1';
const services = ['metadata', 'thumbnail', 'faces', 'people'].map((it) => `darkroom-${it}`);

test('events that are delivered twice and in any order process each photo once', async () => {
  // With faces, whose order matters too.
  await using lab = await openFaultLab({ DARKROOM_FACES: 'true' });
  await using relay = await startDisorderlyRelay(host, services, await findBroker());
  const count = countPhotos(100);
  const photos = [
    ...(await takePhotos(count - Math.floor(count / 4))),
    ...(await takePhotosOfPeople(Math.floor(count / 4))),
  ];
  await using detours = new AsyncDisposableStack();
  for (const service of services) detours.use(await redirectTrigger(service, { uri: relay.urlOf(service) }));
  const uploads = await uploadAll(lab.phone, photos);
  const settled = await settle(lab);
  await relay.settled();
  await settle(lab);
  const whole = await expectWhole(lab, uploads);
  const people = await expectFacesOnce(lab, photos.slice(-Math.floor(count / 4)));
  expect(relay.copies).toBeGreaterThanOrEqual(photos.length * 2);
  const text = report(
    uploads,
    settled,
    `Each event was held for up to 4 seconds and delivered, and once more within 15 seconds: ${relay.taken} deliveries by the Broker, ${relay.copies} copies. Functions answered ${tellAnswers(relay)} (409: somebody else is at it; 204: nothing more to do).`,
    `${whole} ${people}`,
  );
  await keepFindings('fault-7-twice', 'Each event delivered twice and out of order', text);
});

/** Copies of a picture have the same faces, however often the stage ran. */
async function expectFacesOnce({ installation: { db }, ownerId }: FaultLab, photos: readonly Photo[]): Promise<string> {
  const { rows } = await sql<{ checksum: string; faces: number }>`
    select encode(a."checksum", 'hex') as "checksum", count(f."id") as "faces"
    from asset a left join asset_face f on f."assetId" = a."id" and f."deletedAt" is null
    where a."ownerId" = ${ownerId} group by a."id"`.execute(db);
  const found = new Map(rows.map((row) => [row.checksum, row]));
  const facesOfScene = new Map<number, Set<number>>();
  for (const { scene, checksum } of photos) {
    const counts = facesOfScene.get(scene) ?? new Set();
    facesOfScene.set(scene, counts.add(Number(found.get(checksum)?.faces)));
  }
  expect([...facesOfScene.values()].filter((counts) => counts.size !== 1)).toEqual([]);
  const people = await db.selectFrom('person').select('id').where('ownerId', '=', ownerId).execute();
  const faces = rows.reduce((sum, row) => sum + row.faces, 0);
  // The models of the image must find faces at all.
  expect(faces).toBeGreaterThan(photos.length);
  return `${faces} faces on ${photos.length} of them, as many on each copy of a picture, of ${people.length} people.`;
}
