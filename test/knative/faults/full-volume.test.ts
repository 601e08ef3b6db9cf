import { expect, onTestFinished, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { install, waitForRollout } from '../installation.ts';
import { kubectl } from '../kubectl.ts';
import { inside, type DataService } from './data-service.ts';
import { killPods, listPods, openFaultLab, sleep } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { watchAnswers } from './watchful-client.ts';
import { countPhotos, takePhotos, tellAnswers, uploadAll } from './workload.ts';

const fullMs = 30_000;
const volumeMiB = 384;

/** Starts it with a new and empty volume: one of a limited size, or the usual one. Darkroom is installed again. */
async function renewVolumes(emptyDir: object): Promise<void> {
  const volume = [{ op: 'replace', path: '/spec/template/spec/volumes/0', value: { name: 'data', emptyDir } }];
  for (const service of ['postgres', 'minio']) {
    await kubectl(['patch', 'deployment', service, '--type=json', '-p', JSON.stringify(volume)]);
  }
  await kubectl(['rollout', 'restart', 'deployment/postgres', 'deployment/minio']);
  await waitForRollout('postgres', 'minio');
  await killPods(await listPods());
}

/** Files that take all the room but so many blocks, as somebody else's would on the same disk. */
const fill = (service: DataService) =>
  inside(service, 'busybox dd if=/dev/zero of=/data/ballast bs=64k 2>/dev/null; busybox df -k /data | busybox tail -1');
const empty = (service: DataService) => inside(service, 'busybox rm /data/ballast');

test.each<[DataService, string, string]>([
  ['minio', 'MinIO', 'fault-5a-full-minio'],
  ['postgres', 'PostgreSQL', 'fault-5b-full-postgres'],
])(
  'a full volume of %s refuses uploads with a clear error, and goes on when there is room',
  async (service, name, file) => {
    onTestFinished(async () => {
      await renewVolumes({});
      await install();
    });
    await renewVolumes({ medium: 'Memory', sizeLimit: `${volumeMiB}Mi` });
    await install();
    await using lab = await openFaultLab();
    const photos = await takePhotos(countPhotos(150));
    await using watched = watchAnswers(lab.phone);
    let filling: Promise<string> | undefined;
    const fillAndEmpty = async () => {
      const left = await fill(service);
      await sleep(fullMs);
      await empty(service);
      return left;
    };
    const uploads = await uploadAll(lab.phone, photos, {
      onAcknowledged: (count) => {
        if (count === Math.floor(photos.length / 4)) filling = fillAndEmpty();
      },
    });
    const left = await filling;
    const settled = await settle(lab);
    const whole = await expectWhole(lab, uploads);
    await watched[Symbol.asyncDispose]();
    const refused = [...uploads.answers.keys()].filter((it) => !/^20[01]/.test(it));
    expect(refused).not.toEqual([]);
    expect([...refused, ...watched.answers.keys()].filter((it) => /^(?:4|500)/.test(it))).toEqual([]);
    const text = report(
      uploads,
      settled,
      `The volume of ${volumeMiB} MiB was full for ${fullMs / 1000} seconds after a quarter of the uploads (df: ${left?.trim()}).`,
      `An app that was open saw ${tellAnswers(watched)}.`,
      whole,
    );
    await keepFindings(file, `The volume of ${name} full during uploads`, text);
  },
);
