import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { findBroker } from './admin.ts';
import { openFaultLab } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { startDisorderlyRelay } from './relay.ts';
import { redirectTrigger } from './trigger.ts';
import { countPhotos, takePhotos, tellAnswers, uploadAll } from './workload.ts';

const host = process.env['DARKROOM_LAB_HOST'] ?? '10.200.0.1';
const services = ['metadata', 'thumbnail', 'faces', 'people'].map((it) => `darkroom-${it}`);

test('events that come twice and in any order leave each photo done once', async () => {
  // Here the order of faces matters too.
  await using lab = await openFaultLab({ DARKROOM_FACES: 'true' });
  await using relay = await startDisorderlyRelay(host, services, await findBroker());
  const photos = await takePhotos(countPhotos(100));
  await using detours = new AsyncDisposableStack();
  for (const service of services) detours.use(await redirectTrigger(service, { uri: relay.urlOf(service) }));
  const uploads = await uploadAll(lab.phone, photos);
  const settled = await settle(lab);
  await relay.settled();
  const again = await settle(lab);
  const whole = await expectWhole(lab, uploads);
  expect(relay.copies).toBeGreaterThanOrEqual(photos.length * 2);
  const text = report(
    uploads,
    { tookMs: settled.tookMs, sweeps: [...settled.sweeps, ...again.sweeps] },
    `Each event was held for up to 4 seconds and delivered, and once more within 15 seconds: ${relay.taken} deliveries by the Broker, ${relay.copies} copies. Functions answered ${tellAnswers(relay)} (409: somebody else is at it; 204: nothing more to do).`,
    whole,
  );
  await keepFindings('fault-7-twice', 'Each event delivered twice and out of order', text);
});
