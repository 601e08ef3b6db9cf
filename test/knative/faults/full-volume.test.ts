import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepFindings } from '../findings.ts';
import { install, waitForRollout } from '../installation.ts';
import { kubectlJson } from '../kubectl.ts';
import { inside, type DataService } from './data-service.ts';
import { killPods, kubectlPatiently, listPods, openFaultLab, sleep } from './fault-lab.ts';
import { expectWhole, report, settle } from './oracle.ts';
import { watchAnswers } from './watchful-client.ts';
import { countPhotos, takePhotos, tellAnswers, uploadDuring } from './workload.ts';

const fullMs = 30_000;
const volumeMiB = 256;

const ballast = 'ballast';
const services: DataService[] = ['postgres', 'minio'];

/** Starts the data services with empty volumes of a limited size, and a container beside each that can fill its volume. */
async function startOnSmallVolumes(): Promise<void> {
  for (const service of services) {
    const found = await readPod(service);
    const { image, securityContext } = found.containers[0];
    const neighbour = {
      name: ballast,
      image,
      command: ['/bin/sh', '-c', 'while :; do busybox sleep 5; done'],
      securityContext,
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    };
    const emptyDir = { medium: 'Memory', sizeLimit: `${volumeMiB}Mi` };
    await patchPod(service, [
      { op: 'replace', path: '/spec/template/spec/volumes/0', value: { name: 'data', emptyDir } },
      { op: 'add', path: '/spec/template/spec/containers/-', value: neighbour },
    ]);
  }
  await startDarkroomAfresh();
}

async function startOnUsualVolumes(): Promise<void> {
  for (const service of services) {
    const { containers } = await readPod(service);
    await patchPod(service, [
      { op: 'replace', path: '/spec/template/spec/volumes/0', value: { name: 'data', emptyDir: {} } },
      ...containers.flatMap(({ name }, n) =>
        name === ballast ? [{ op: 'remove', path: `/spec/template/spec/containers/${n}` }] : [],
      ),
    ]);
  }
  await startDarkroomAfresh();
}

/** Starts Darkroom with a new bucket and database. */
async function startDarkroomAfresh(): Promise<void> {
  await kubectlPatiently(['rollout', 'restart', ...services.map((it) => `deployment/${it}`)]);
  await waitForRollout(...services);
  await killPods(await listPods());
  await install();
}

interface Pod {
  containers: [{ name: string; image: string; securityContext: object }];
}

async function readPod(service: DataService): Promise<Pod> {
  return (await kubectlJson<{ spec: { template: { spec: Pod } } }>(['get', 'deployment', service])).spec.template.spec;
}

const patchPod = (service: DataService, operations: object[]) =>
  kubectlPatiently(['patch', 'deployment', service, '--type=json', '-p', JSON.stringify(operations)]);

/** Writes a file that fills the volume. Returns the output of df. */
const fill = (service: DataService) =>
  inside(
    service,
    'busybox dd if=/dev/zero of=/data/ballast bs=4k 2>&-; busybox df -k /data | busybox tail -n 1',
    ballast,
  );
const empty = (service: DataService) => inside(service, 'busybox rm /data/ballast', ballast);

beforeAll(startOnSmallVolumes);
afterAll(startOnUsualVolumes);

test.each<[DataService, string, string]>([
  ['minio', 'MinIO', 'fault-5a-full-minio'],
  ['postgres', 'PostgreSQL', 'fault-5b-full-postgres'],
])(
  'a full volume of %s refuses uploads with a clear error, and goes on when there is room',
  async (service, name, file) => {
    await using lab = await openFaultLab();
    const photos = await takePhotos(countPhotos(150));
    await using watched = watchAnswers(lab.phone);
    const fillAndEmpty = async () => {
      const left = await fill(service);
      await sleep(fullMs);
      await empty(service);
      return { left, endedAtMs: Date.now() };
    };
    const {
      uploads,
      outcome: { left, endedAtMs },
    } = await uploadDuring(lab.phone, photos, fillAndEmpty);
    const settled = await settle(lab, { fault: { endedAtMs, name: 'there was room' } });
    const whole = await expectWhole(lab, uploads);
    await watched[Symbol.asyncDispose]();
    const refused = [...uploads.answers.keys()].filter((it) => !/^20[01]/.test(it));
    expect(refused).not.toEqual([]);
    expect([...refused, ...watched.answers.keys()].filter((it) => /^(?:4|500)/.test(it))).toEqual([]);
    const text = report(
      uploads,
      settled,
      `The volume of ${volumeMiB} MiB was full for ${fullMs / 1000} seconds after a quarter of the uploads (df: ${left.trim()}).`,
      `An app that was open saw ${tellAnswers(watched)}.`,
      whole,
    );
    await keepFindings(file, `The volume of ${name} full during uploads`, text);
  },
);
