import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { killPods, listPods, openFaultLab, sleep } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { countPhotos, takePhotos, uploadAll } from './workload.ts';

test('pods that are killed at random during uploads cost no photo', async () => {
  await using lab = await openFaultLab();
  const photos = await takePhotos(countPhotos(1000));
  const killed = new Map<string, number>();
  const over = new AbortController();
  const killing = (async () => {
    while (!over.signal.aborted) {
      await sleep(1000 + Math.random() * 2000);
      const pods = await listPods();
      const pod = pods[Math.floor(Math.random() * pods.length)];
      if (pod === undefined || over.signal.aborted) continue;
      await killPods([pod]);
      const service = /darkroom-(.+)-\d+-deployment/.exec(pod)?.[1] ?? pod;
      killed.set(service, (killed.get(service) ?? 0) + 1);
    }
  })();
  const uploads = await uploadAll(lab.phone, photos).finally(() => over.abort());
  await killing;
  const settled = await settle(lab);
  const whole = await expectWhole(lab, uploads);
  expect(killed.size).toBeGreaterThan(0);
  const victims = [...killed].map(([service, times]) => `${service} ${times}`).join(', ');
  const text = report(uploads, settled, `Killed without grace, one every 1 to 3 seconds: ${victims}.`, whole);
  await keepFindings('fault-1-pods', 'Pods killed at random during uploads', text);
});
