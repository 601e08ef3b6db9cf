import { expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { underTest, waitUntilReady } from '../installation.ts';
import { applyKustomization, kubectl, kubectlJson } from '../kubectl.ts';
import { openFaultLab } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { watchAnswers } from './watchful-client.ts';
import { countPhotos, takePhotos, tellAnswers, uploadDuring } from './workload.ts';

/** An image of another version; by default the same image is rolled out as a new revision. */
const nextImage = process.env['DARKROOM_LAB_NEXT_IMAGE'];

/** Upgrades as in docs/operations.md. */
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
  const start = async () => {
    const startMs = performance.now();
    await upgrade();
    return performance.now() - startMs;
  };
  const { uploads, outcome: tookMs } = await uploadDuring(lab.phone, photos, start, { share: 0.1, concurrency: 3 });
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
