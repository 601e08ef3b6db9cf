// The state after an installation by docs/operations.md on a cluster without Darkroom.
import { expect, test } from 'vitest';
import { install, uninstall } from './installation.ts';
import { kubectlJson } from './kubectl.ts';

test('each function has one revision, with the address of the Broker', async () => {
  await uninstall();
  await install();
  const { items } = await kubectlJson<{ items: RevisionManifest[] }>(['get', 'revision']);
  const { items: services } = await kubectlJson<{ items: object[] }>(['get', 'ksvc']);
  expect(items.map((it) => it.metadata.name).filter((name) => !name.endsWith('-00001'))).toEqual([]);
  expect(items).toHaveLength(services.length);
  for (const { metadata, spec } of items) {
    const names = spec.containers.flatMap((it) => it.env ?? []).map((it) => it.name);
    expect(names, metadata.name).toContain('K_SINK');
  }
});

interface RevisionManifest {
  metadata: { name: string };
  spec: { containers: { env?: { name: string }[] }[] };
}
