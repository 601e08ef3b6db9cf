import { expect, onTestFinished, test } from 'vitest';
import { killPods, listPods, openFaultLab, sleep, type FaultLab } from './faults/fault-lab.ts';
import { expectWhole, settle } from './faults/oracle.ts';
import { takePhotos, uploadAll } from './faults/workload.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

type Values = Record<string, string>;

test('functions that decode use keys of their own, and only the watcher has the token of notifications', async () => {
  const before = await readSecret('darkroom');
  const { DARKROOM_WEBHOOK_TOKEN: token = '', ...shared } = before;
  const keys = Object.fromEntries(Object.entries(shared).filter(([name]) => name.includes('_MINIO_')));
  onTestFinished(async () => {
    await writeSecret('darkroom', before);
    await kubectl(['delete', 'secret', 'darkroom-decode', 'darkroom-webhook', '--ignore-not-found']);
    await killPods(await listPods());
  });
  await writeSecret('darkroom', shared);
  await writeSecret('darkroom-webhook', { DARKROOM_WEBHOOK_TOKEN: token });
  await writeSecret('darkroom-decode', { ...keys, DARKROOM_MINIO_SECRET_KEY: 'wrong' });
  await killPods(await listPods());

  await using lab = await openFaultLab();
  const uploads = await uploadAll(lab.phone, await takePhotos(3));
  // The API stores with the shared keys; metadata, with its own, cannot read.
  const decoding = await readEnvironment(lab, 'darkroom-metadata');
  expect(decoding).toMatchObject({ DARKROOM_MINIO_SECRET_KEY: 'wrong', DATABASE_URL: shared['DATABASE_URL'] });
  expect(decoding).not.toHaveProperty('DARKROOM_WEBHOOK_TOKEN');
  expect(await readEnvironment(lab, 'darkroom-api')).not.toHaveProperty('DARKROOM_WEBHOOK_TOKEN');
  const done = await lab.installation.db
    .selectFrom('asset_stage')
    .select('stage')
    .where('ownerId', '=', lab.ownerId)
    .where('state', '=', 'done')
    .execute();
  expect(done).toEqual([]);

  await writeSecret('darkroom-decode', keys);
  await killPods(await listPods());
  await settle(lab);
  await expectWhole(lab, uploads);
});

/** The environment of a pod that runs. */
async function readEnvironment({ installation }: FaultLab, service: string): Promise<Values> {
  for (let n = 0; n < 60; n += 1) {
    const pod = installation.pods.alive.find((it) => it.service === service && it.readyMs !== undefined);
    if (pod !== undefined) {
      const print = 'process.stdout.write(JSON.stringify(process.env))';
      return JSON.parse(await kubectl(['exec', pod.name, '-c', 'user-container', '--', 'node', '-e', print])) as Values;
    }
    await sleep(1000);
  }
  throw new Error(`no pod of ${service} became ready`);
}

async function readSecret(name: string): Promise<Values> {
  const { data } = await kubectlJson<{ data: Values }>(['get', 'secret', name]);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

async function writeSecret(name: string, values: Values): Promise<void> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: values };
  await kubectl(['delete', 'secret', name, '--ignore-not-found']);
  await kubectl(['create', '-f', '-'], JSON.stringify(secret));
}
