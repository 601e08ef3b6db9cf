import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { underTest, waitUntilReady } from '../installation.ts';
import { applyKustomization, kubectl, kubectlJson } from '../kubectl.ts';
import { openFaultLab } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { watchAnswers } from './watchful-client.ts';
import { countPhotos, takePhotos, tellAnswers, uploadAll, type Uploads } from './workload.ts';

/** An image of another version; without it the same image is rolled out as a new revision. */
const nextImage = process.env['DARKROOM_LAB_NEXT_IMAGE'];

/** As docs/operations.md says. */
async function upgrade(): Promise<void> {
  await kubectl(['delete', 'job', 'darkroom-migrate', '--ignore-not-found']);
  const newRevision = {
    target: { group: 'serving.knative.dev', kind: 'Service' },
    patch: `[{"op":"add","path":"/spec/template/metadata/annotations/example.org~1upgrade","value":"${Date.now()}"}]`,
  };
  const patches = nextImage === undefined ? [newRevision] : [];
  await applyKustomization({ ...underTest, patches, ...(nextImage && { images: { darkroom: nextImage } }) });
  await waitUntilReady();
}

async function readRevision(): Promise<string> {
  const { status } = await kubectlJson<{ status: { latestReadyRevisionName: string } }>([
    'get',
    'ksvc',
    'darkroom-api',
  ]);
  return status.latestReadyRevisionName;
}

test('an upgrade during uploads loses nothing that was acknowledged', async () => {
  await using lab = await openFaultLab();
  const photos = await takePhotos(countPhotos(300));
  await using watched = watchAnswers(lab.phone);
  const before = await readRevision();
  let upgrading: Promise<number> | undefined;
  const start = async () => {
    const startMs = performance.now();
    await upgrade();
    return performance.now() - startMs;
  };
  const upgraded = new AbortController();
  const uploads = await uploadAll(lab.phone, photos, {
    concurrency: 3,
    onAcknowledged: (count) => {
      if (count === Math.floor(photos.length / 10)) upgrading = start().finally(() => upgraded.abort());
    },
  });
  while (!upgraded.signal.aborted) merge(uploads, await uploadAll(lab.phone, await takePhotos(20), { concurrency: 3 }));
  const tookMs = (await upgrading) ?? 0;
  const after = await readRevision();
  expect(after).not.toBe(before);
  const settled = await settle(lab);
  const whole = await expectWhole(lab, uploads);
  await watched[Symbol.asyncDispose]();
  expect([...watched.answers.keys(), ...uploads.answers.keys()].filter((it) => /^(?:4|500)/.test(it))).toEqual([]);
  const text = report(
    uploads,
    settled,
    `${before} became ${after} (${nextImage === undefined ? 'the same image' : 'another image'}) after a tenth of the uploads; \`kubectl apply -k\` and waiting took ${Math.round(tookMs / 1000)} s, and uploads went on until it was done.`,
    `An app that was open saw ${tellAnswers(watched)}.`,
    whole,
  );
  await keepFindings('fault-8-upgrade', 'An upgrade during uploads', text);
});

function merge(into: Uploads, more: Uploads): void {
  for (const [checksum, id] of more.acknowledged) into.acknowledged.set(checksum, id);
  for (const [answer, times] of more.answers) into.answers.set(answer, (into.answers.get(answer) ?? 0) + times);
  into.tookMs += more.tookMs;
}
