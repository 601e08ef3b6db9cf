// In the lab the NFS volume is a folder (hostPath) of this computer, which is the cluster's node.
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takePhotos } from './faults/workload.ts';
import { keepFindings } from './findings.ts';
import { install, openInstallation, uninstall } from './installation.ts';
import { kubectl, namespace } from './kubectl.ts';
import { addFolderOwner, followWatched, toWatched } from './watched-photos.ts';

const count = Number(process.env['DARKROOM_LAB_PHOTOS'] ?? 1000);
const folder = join(process.env['DARKROOM_LAB_FOLDER'] ?? '/var/tmp/darkroom-lab', namespace);
const volumeName = `darkroom-photos-${namespace}`;
const userId = 65_532;

beforeAll(async () => {
  await uninstall();
  await mkdir(folder, { recursive: true });
  await chown(folder, userId, userId);
  await kubectl(['apply', '-f', '-'], JSON.stringify(describeVolume()));
  await kubectl(['-n', 'knative-serving', 'patch', 'configmap', 'config-features', '-p', JSON.stringify(features)]);
  await install({ resources: ['knative/overlays/nfs'], patches: [scanOften] });
});

afterAll(async () => {
  await uninstall();
  await kubectl(['delete', 'persistentvolume', volumeName, '--ignore-not-found']);
  await rm(folder, { recursive: true, force: true });
  await install();
});

test('photos in the folder all become assets, once each, with functions that scale from and to zero', async () => {
  await using installation = await openInstallation();
  const owner = await addFolderOwner(installation);
  const text = await followWatched({
    installation,
    owner,
    photos: toWatched(owner.label, await takePhotos(count)),
    timeoutMs: 30 * 60_000,
    store: { read: (key) => Promise.resolve(createReadStream(join(folder, key))) },
    put: async (photos) => {
      for (const { key, bytes } of photos) {
        await mkdir(dirname(join(folder, key)), { recursive: true });
        await writeFile(join(folder, key), bytes);
      }
    },
  });
  const refused = await installation.db
    .selectFrom('stored_object')
    .selectAll()
    .where('state', '=', 'refused')
    .execute();
  expect(refused).toEqual([]);
  await keepFindings(
    '4-nfs',
    `${count} photos copied to the folder`,
    `${text}\n\nScans ran every two minutes, not every five. A hostPath volume stands for NFS.`,
  );
});

/** The overlay needs both, see scripts/check-cluster.ts. */
const features = {
  data: {
    'kubernetes.podspec-persistent-volume-claim': 'enabled',
    'kubernetes.podspec-persistent-volume-write': 'enabled',
  },
};

const scanOften = {
  target: { kind: 'PingSource', name: 'darkroom-scan' },
  patch: JSON.stringify([{ op: 'replace', path: '/spec/schedule', value: '*/2 * * * *' }]),
};

function describeVolume() {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName },
    spec: {
      storageClassName: 'darkroom-photos',
      accessModes: ['ReadWriteMany'],
      capacity: { storage: '10Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: 'darkroom-photos' },
      hostPath: { path: folder },
    },
  };
}
