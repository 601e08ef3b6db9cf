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
  spec: { subject: { kind: string; selector: { matchLabels: Record<string, string> } } };
}

const folder = join(import.meta.dirname, '../../knative/overlays');
const overlays = await readdir(folder);

describeWithService('kustomize', 'the Job of an administrator', () => {
  const built = new Map<string, Manifest[]>();
  beforeAll(async () => {
    for (const name of overlays) built.set(name, await buildManifests(join(folder, name)));
  });
  const find = <T extends Manifest>(overlay: string, kind: string, name: string) => {
    const manifest = built.get(overlay)?.find((it) => it.kind === kind && it.metadata.name === name);
    if (manifest === undefined) throw new Error(`${overlay} has no ${kind} ${name}`);
    return manifest as T;
  };
  const podOf = ({ spec }: Workload) => spec.template.spec;

  describe.each(overlays)('of %s', (overlay) => {
    test('never runs by itself, and passes the restricted pod standard', () => {
      const { spec } = find<CronJob>(overlay, 'CronJob', 'darkroom-admin');
      expect(spec.suspend).toBe(true);
      const pod = podOf(spec.jobTemplate);
      expect(listViolations(pod)).toEqual([]);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.containers[0]?.securityContext?.readOnlyRootFilesystem).toBe(true);
    });

    test('has the store of the sweep, which writes', () => {
      const { spec } = find<CronJob>(overlay, 'CronJob', 'darkroom-admin');
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

    test('is told where the Broker is, with the name of the Broker that the functions have', () => {
      const { spec } = find<CronJob>(overlay, 'CronJob', 'darkroom-admin');
      const binding = find<SinkBinding>(overlay, 'SinkBinding', 'darkroom-admin');
      expect(binding.spec.subject.kind).toBe('Job');
      expect(spec.jobTemplate.metadata.labels).toMatchObject(binding.spec.subject.selector.matchLabels);
      expect(binding.spec).toMatchObject({
        sink: find<Manifest & { spec: { sink: object } }>(overlay, 'SinkBinding', 'darkroom').spec.sink,
      });
    });
  });
});
