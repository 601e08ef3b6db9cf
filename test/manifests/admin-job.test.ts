import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildManifests, type Manifest } from '../support/kustomize.ts';
import { describeWithService } from '../support/services.ts';
import { isFunction, listViolations, type Workload } from './pods.ts';

interface CronJob extends Manifest {
  spec: { suspend: boolean; jobTemplate: Workload };
}
interface SinkBinding extends Manifest {
  spec: { subject: { kind: string; selector: { matchLabels: Record<string, string> } }; sink: object };
}

const folder = join(import.meta.dirname, '../../knative/overlays');
const overlays = await readdir(folder);

describeWithService('kustomize', 'the Job of an administrator', () => {
  const built = new Map<string, Manifest[]>();
  beforeAll(async () => {
    for (const name of overlays) built.set(name, await buildManifests(join(folder, name)));
  });
  const find = (overlay: string, kind: string, name: string): Manifest => {
    const manifest = built.get(overlay)?.find((it) => it.kind === kind && it.metadata.name === name);
    if (manifest === undefined) throw new Error(`${overlay} has no ${kind} ${name}`);
    return manifest;
  };
  const findCronJob = (overlay: string) => find(overlay, 'CronJob', 'darkroom-admin') as CronJob;
  const findBinding = (overlay: string, name: string) => find(overlay, 'SinkBinding', name) as SinkBinding;
  const podOf = ({ spec }: Workload) => spec.template.spec;

  describe.each(overlays)('of %s', (overlay) => {
    test('is suspended, and passes the restricted pod standard', () => {
      const { spec } = findCronJob(overlay);
      expect(spec.suspend).toBe(true);
      const pod = podOf(spec.jobTemplate);
      expect(listViolations(pod)).toEqual([]);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.containers[0]?.securityContext?.readOnlyRootFilesystem).toBe(true);
    });

    test('has the writable store of the sweep', () => {
      const { spec } = findCronJob(overlay);
      const sweep = built
        .get(overlay)
        ?.filter(isFunction)
        .find((it) => it.metadata.name === 'darkroom-sweep');
      const storeOf = (workload: Workload | undefined) => {
        const [container] = workload === undefined ? [] : podOf(workload).containers;
        return {
          env: container?.env?.filter((it) => it.name.startsWith('DARKROOM_STORE')),
          mounts: container?.volumeMounts,
          claims: workload && podOf(workload).volumes?.filter((it) => it.persistentVolumeClaim),
        };
      };
      expect(storeOf(spec.jobTemplate)).toEqual(storeOf(sweep));
    });

    test('has the same Broker as the functions', () => {
      const { spec } = findCronJob(overlay);
      const binding = findBinding(overlay, 'darkroom-admin');
      expect(binding.spec.subject.kind).toBe('Job');
      expect(spec.jobTemplate.metadata.labels).toMatchObject(binding.spec.subject.selector.matchLabels);
      expect(binding.spec.sink).toEqual(findBinding(overlay, 'darkroom').spec.sink);
    });
  });
});
