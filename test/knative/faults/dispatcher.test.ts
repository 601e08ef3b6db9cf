import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { kubectl } from '../kubectl.ts';
import { openFaultLab } from './fault-lab.ts';
import { countUnsettled, expectWhole, report, settle } from './oracle.ts';
import { countPhotos, takePhotos, uploadAll } from './workload.ts';

const eventing = process.env['DARKROOM_LAB_EVENTING_NAMESPACE'] ?? 'knative-eventing';

interface Victim {
  name: string;
  finding: string;
  title: string;
  what: string;
  /** Label selectors of the pods. */
  selectors: string[];
}

const dispatcher = 'messaging.knative.dev/role=dispatcher';
const victims: Victim[] = [
  {
    // The in-memory channel loses all of its events.
    name: 'dispatcher',
    finding: 'fault-2-dispatcher',
    title: 'The dispatcher of the in-memory channel killed',
    what: "The pod of the in-memory channel's dispatcher was",
    selectors: [dispatcher],
  },
  {
    // Publishing fails meanwhile, too.
    name: 'Broker',
    finding: 'fault-2-whole-broker',
    title: 'All of the Broker killed',
    what: "The pods of the Broker's ingress, its filter and the in-memory channel's dispatcher were",
    selectors: [dispatcher, 'eventing.knative.dev/brokerRole in (ingress, filter)'],
  },
];

async function killPodsOf(selectors: readonly string[]): Promise<void> {
  for (const selector of selectors) {
    await kubectl(['-n', eventing, 'delete', 'pod', '-l', selector, '--grace-period=0', '--force', '--wait=false']);
  }
}

test.each(victims)('a $name that dies with all of its events costs no photo', async (victim) => {
  await using lab = await openFaultLab();
  const { db } = lab.installation;
  const photos = await takePhotos(countPhotos(200));
  const held: number[] = [];
  let killedAtMs = 0;
  let killing = Promise.resolve();
  const kill = async () => {
    const { queued, active } = await countUnsettled(db);
    held.push(queued + active);
    await killPodsOf(victim.selectors);
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
    `${victim.what} killed ${held.length} times, while ${held.join(', ')} stages had been announced and were not done.`,
    whole,
  );
  await keepFindings(victim.finding, victim.title, text);
});
