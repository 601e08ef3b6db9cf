import { expect, onTestFinished, test } from 'vitest';
import { listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { startReceiver } from '#test/integration/delivery.receiver.ts';
import { keepFindings } from '../findings.ts';
import { kubectl, kubectlJson } from '../kubectl.ts';
import { admin } from './admin.ts';
import { kubectlPatiently, openFaultLab, sleep, type FaultLab } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { redirectTrigger } from './trigger.ts';
import { countPhotos, takePhotos, uploadAll, type Uploads } from './workload.ts';

const host = process.env['DARKROOM_LAB_HOST'] ?? '10.200.0.1';
const impatient = { retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT0.5S' };
/** As many as are announced of one stage at a time: those that come later have their letters after the first were given up. */
const photosMax = 16;
const endpointName = 'DARKROOM_MINIO_ENDPOINT';

/** Uploads, and waits until each photo has a dead letter. */
async function uploadUntilDead(lab: FaultLab): Promise<{ uploads: Uploads; reasons: string[] }> {
  const photos = await takePhotos(Math.min(countPhotos(40), photosMax));
  const uploads = await uploadAll(lab.phone, photos);
  const { db } = lab.installation;
  for (let n = 0; ; n++) {
    const letters = await listDeadLetters(db, 1000);
    if (letters.length >= photos.length) {
      const reasons = letters.map((it) => `${it.errorCode} ${it.reason}`.replaceAll(/[\w/-]{20,}/g, '…'));
      return { uploads, reasons: [...new Set(reasons)] };
    }
    if (n > 300) throw new Error(`${letters.length} letters of ${photos.length}`);
    await sleep(1000);
  }
}

test('events whose function cannot reach its store dead-letter, and the command line redrives them', async () => {
  await using lab = await openFaultLab();
  onTestFinished(() => setThumbnailEndpoint(undefined));
  let failing: Awaited<ReturnType<typeof uploadUntilDead>>;
  {
    await using _detour = await redirectTrigger('darkroom-thumbnail', { delivery: impatient });
    await setThumbnailEndpoint('http://127.0.0.1:9');
    failing = await uploadUntilDead(lab);
    await setThumbnailEndpoint(undefined);
  }
  const said = await admin('dead-letters', 'redrive', '--stage', 'thumbnail');
  const text = await goOn(lab, failing.uploads, [
    `darkroom-thumbnail had a wrong address of MinIO: ${failing.reasons.join('; ')}.`,
    `\`darkroom admin dead-letters redrive --stage thumbnail\` said: ${said.replaceAll('\n', ' ')}`,
  ]);
  await keepFindings('fault-6a-dead-letters', 'Dead letters, redriven by the command line', text);
});

test('events that a function answers with 500 dead-letter, and the API redrives them', async () => {
  await using lab = await openFaultLab();
  await using stack = new AsyncDisposableStack();
  const { receiver, url } = await startReceiver(stack, host);
  receiver.answer(() => ({ status: 500, body: 'broken on purpose' }));
  let failing: Awaited<ReturnType<typeof uploadUntilDead>>;
  {
    await using _detour = await redirectTrigger('darkroom-thumbnail', { uri: url, delivery: impatient });
    failing = await uploadUntilDead(lab);
  }
  const before = await readQueue(lab);
  await lab.administrator.call('PUT', '/jobs/thumbnailGeneration', { command: 'start' });
  const text = await goOn(lab, failing.uploads, [
    `What stood for darkroom-thumbnail answered 500: ${failing.reasons.join('; ')}. Its queue showed ${before}.`,
    '`PUT /jobs/thumbnailGeneration` with `start` set them going again.',
  ]);
  await keepFindings('fault-6b-dead-letters', 'Dead letters, redriven by the API', text);
});

async function goOn(lab: FaultLab, uploads: Uploads, lines: string[]): Promise<string> {
  const settled = await settle(lab);
  const whole = await expectWhole(lab, uploads);
  expect(await listDeadLetters(lab.installation.db, 10)).toEqual([]);
  return report(uploads, { ...settled, since: 'that' }, ...lines, whole);
}

async function readQueue({ administrator }: FaultLab): Promise<string> {
  const { thumbnailGeneration } = await administrator.call<Record<string, { jobCounts: object }>>('GET', '/jobs');
  return JSON.stringify(thumbnailGeneration?.jobCounts);
}

/** Sets the function's own address of MinIO, or the common one. */
async function setThumbnailEndpoint(value: string | undefined): Promise<void> {
  const { spec } = await kubectlJson<{ spec: { template: { spec: { containers: [{ env: { name: string }[] }] } } } }>([
    'get',
    'ksvc',
    'darkroom-thumbnail',
  ]);
  const others = spec.template.spec.containers[0].env.filter((it) => it.name !== endpointName);
  const env = value === undefined ? others : [...others, { name: endpointName, value }];
  const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/env', value: env }];
  await kubectlPatiently(['patch', 'ksvc', 'darkroom-thumbnail', '--type=json', '-p', JSON.stringify(patch)]);
  await sleep(2000);
  await kubectl(['wait', 'ksvc', 'darkroom-thumbnail', '--for=condition=Ready', '--timeout=180s']);
}
