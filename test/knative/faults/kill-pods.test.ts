import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { killPods, openFaultLab, sleep } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { countPhotos, takePhotos, uploadAll } from './workload.ts';

/** How long a kill waits for pods that are being started. */
const startMaxMs = 5_000;

test('pods that are killed at random during uploads cost no photo', async () => {
  await using lab = await openFaultLab();
  const photos = await takePhotos(countPhotos(1000));
  const killed = new Map<string, number>();
  const condemned = new Set<string>();
  const kills: Promise<void>[] = [];
  const over = new AbortController();
  const killing = (async () => {
    for (let lastMs = 0; !over.signal.aborted;) {
      await sleep(500 + Math.random() * 1500);
      // A small node takes longer to start a pod than there is between two kills: it is given the time, or none would ever
      // serve.
      const { alive } = lab.installation.pods;
      if (alive.some((pod) => pod.readyMs === undefined) && Date.now() - lastMs < startMaxMs) continue;
      const left = alive.filter((pod) => pod.readyMs !== undefined && !condemned.has(pod.name));
      // Chooses a service first, then a pod, since some services have more pods.
      const pods = Map.groupBy(left, (pod) => pod.service.replace('darkroom-', ''));
      const service = pick([...pods.keys()]);
      const pod = pick(pods.get(service ?? '') ?? []);
      if (service === undefined || pod === undefined || over.signal.aborted) continue;
      // Not awaited, since kubectl is slow on a busy machine.
      condemned.add(pod.name);
      kills.push(killPods([`pod/${pod.name}`]));
      killed.set(service, (killed.get(service) ?? 0) + 1);
      lastMs = Date.now();
    }
  })();
  const uploads = await uploadAll(lab.phone, photos).finally(() => over.abort());
  await killing;
  await Promise.all(kills);
  const settled = await settle(lab, { fault: { endedAtMs: Date.now(), name: 'the last kill' } });
  const whole = await expectWhole(lab, uploads);
  expect(killed.size).toBeGreaterThan(0);
  const victims = [...killed].map(([service, times]) => `${service} ${times}`).join(', ');
  const text = report(
    uploads,
    settled,
    `Killed without grace, the next one or two seconds after the one in its place was ready: ${victims}.`,
    whole,
  );
  await keepFindings('fault-1-pods', 'Pods killed at random during uploads', text);
});

function pick<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
