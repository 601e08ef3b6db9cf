import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildManifests, type Manifest } from '../support/kustomize.ts';
import { describeWithService } from '../support/services.ts';
import { isWorkload } from './pods.ts';

interface NetworkPolicy extends Manifest {
  spec: {
    podSelector: { matchLabels: Record<string, string> };
    policyTypes: string[];
    ingress?: { from?: object[] }[];
    egress?: { to?: { ipBlock?: { cidr: string } }[]; ports?: { port: number }[] }[];
  };
}

const overlay = join(import.meta.dirname, '../../knative/overlays/minio');
const nodeLocalDns = /^169\.254\.20\.10\/32$/;
const privateAddresses = /^(?:10\.0\.0\.0\/8|172\.16\.0\.0\/12|192\.168\.0\.0\/16|100\.64\.0\.0\/10|fc00::\/7)$/;

describeWithService('kustomize', 'the network policies', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await buildManifests(overlay);
  });

  const policies = () => manifests.filter((it): it is NetworkPolicy => it.kind === 'NetworkPolicy');
  const policiesFor = (labels: Record<string, string>, type: string) =>
    policies().filter(
      ({ spec }) =>
        spec.policyTypes.includes(type) &&
        Object.entries(spec.podSelector.matchLabels).every(([name, value]) => labels[name] === value),
    );
  const pods = () => manifests.filter(isWorkload).map((it) => it.spec.template.metadata.labels ?? {});

  test('allow only Knative and its gateways to connect to a pod', () => {
    for (const labels of pods()) {
      const rules = policiesFor(labels, 'Ingress').flatMap((it) => it.spec.ingress ?? []);
      expect(rules).toHaveLength(1);
      for (const { from } of rules) expect(JSON.stringify(from)).toMatch(/"knative-serving","knative-eventing",/);
    }
  });

  test('allow every pod except the API to connect only to DNS, Knative and private networks', () => {
    for (const labels of pods()) {
      const rules = policiesFor(labels, 'Egress').flatMap((it) => it.spec.egress ?? []);
      const isFree = rules.some((it) => it.to === undefined && it.ports === undefined);
      expect(isFree, labels['app.kubernetes.io/name']).toBe(labels['app.kubernetes.io/name'] === 'darkroom-api');
      if (isFree) continue;
      for (const { to, ports = [] } of rules) {
        expect(to, 'a rule without peers allows all').toBeDefined();
        const isDns = ports.some((it) => it.port === 53);
        if (isDns) expect(JSON.stringify(to)).toMatch(/"kubernetes.io\/metadata.name":"kube-system"/);
        for (const { ipBlock } of to ?? []) {
          if (ipBlock !== undefined) expect(ipBlock.cidr).toMatch(isDns ? nodeLocalDns : privateAddresses);
        }
      }
      expect(rules.flatMap((it) => it.ports ?? []).map((it) => it.port)).toEqual(expect.arrayContaining([5432, 9000]));
    }
  });
});
