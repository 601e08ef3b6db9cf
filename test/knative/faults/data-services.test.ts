import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { start, stop, type DataService } from './data-service.ts';
import { killPods, listPods, openFaultLab, sleep } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { watchAnswers } from './watchful-client.ts';
import { countPhotos, takePhotos, tellAnswers, uploadDuring } from './workload.ts';

const stoppedMs = 60_000;

test.each<[DataService, string, string]>([
  ['postgres', 'PostgreSQL', 'fault-3-postgres'],
  ['minio', 'MinIO', 'fault-4-minio'],
])('%s stopped for a minute during uploads costs no photo and causes no 401', async (service, name, file) => {
  await using lab = await openFaultLab();
  const photos = await takePhotos(countPhotos(200));
  await using watched = watchAnswers(lab.phone);
  const stopAndStart = async () => {
    await stop(service);
    await sleep(stoppedMs / 3);
    // The next request starts a pod of the API that has no connection to its database.
    await killPods(await listPods('darkroom-api'));
    await sleep((stoppedMs * 2) / 3);
    await start(service);
    return Date.now();
  };
  const { uploads, outcome: endedAtMs } = await uploadDuring(lab.phone, photos, stopAndStart);
  const settled = await settle(lab, { fault: { endedAtMs, name: 'it was back' } });
  const whole = await expectWhole(lab, uploads);
  await watched[Symbol.asyncDispose]();
  const seen = [...watched.answers.keys(), ...uploads.answers.keys()];
  expect(seen.filter((it) => /^(?:4|500)/.test(it))).toEqual([]);
  expect(seen.filter((it) => it.startsWith('503'))).not.toEqual([]);
  const text = report(
    uploads,
    settled,
    `Stopped for ${stoppedMs / 1000} seconds after a quarter of the uploads; the pods of the API were killed in the middle of it.`,
    `An app that was open saw ${tellAnswers(watched)}.`,
    whole,
  );
  await keepFindings(file, `${name} stopped for a minute during uploads`, text);
});
