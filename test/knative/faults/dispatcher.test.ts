import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { kubectl } from '../kubectl.ts';
import { openFaultLab } from './fault-lab.ts';
import { countUnsettled, expectWhole, report, settle } from './oracle.ts';
import { countPhotos, takePhotos, uploadAll } from './workload.ts';

const eventing = process.env['DARKROOM_LAB_EVENTING_NAMESPACE'] ?? 'knative-eventing';

/** The in-memory channel forgets everything that it holds. */
async function killDispatcher(): Promise<void> {
  const label = 'messaging.knative.dev/role=dispatcher';
  await kubectl(['-n', eventing, 'delete', 'pod', '-l', label, '--grace-period=0', '--force', '--wait=false']);
}

test('a dispatcher that dies with all that it holds costs no photo', async () => {
  await using lab = await openFaultLab();
  const { db } = lab.installation;
  const photos = await takePhotos(countPhotos(200));
  const held: number[] = [];
  let killedAtMs = 0;
  let killing = Promise.resolve();
  const kill = async () => {
    const { queued, active } = await countUnsettled(db);
    held.push(queued + active);
    await killDispatcher();
    killedAtMs = Date.now();
  };
  const uploads = await uploadAll(lab.phone, photos, {
    onAcknowledged: (count) => {
      if ([0.25, 0.6, 1].some((part) => count === Math.floor(photos.length * part))) killing = killing.then(kill);
    },
  });
  await killing;
  const settled = await settle(lab, { fault: { endedAtMs: killedAtMs, name: 'the last kill' } });
  const whole = await expectWhole(lab, uploads);
  expect(Math.max(...held)).toBeGreaterThan(0);
  const text = report(
    uploads,
    settled,
    `The pod of the in-memory channel's dispatcher was killed ${held.length} times, while ${held.join(', ')} stages had been announced and were not done.`,
    whole,
  );
  await keepFindings('fault-2-dispatcher', 'The dispatcher of the in-memory channel killed', text);
});
