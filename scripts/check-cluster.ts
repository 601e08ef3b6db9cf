// Prints what the cluster of kubectl's current context lacks for an overlay, and the command that adds it.
// `node scripts/check-cluster.ts --overlay nfs`, or the folder of your own kustomization; exit code 1 if anything is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toLine } from '#shared/errors/errors.ts';
import { readClusterFacts } from './cluster/cluster-facts.ts';
import { listFunctionManifests } from './cluster/function-manifests.ts';
import { judgeCluster } from './cluster/judge.ts';
import { listComponents } from './cluster/list-components.ts';

try {
  const { values } = parseArgs({ options: { overlay: { type: 'string', default: 'minio' } } });
  const ofName = join(import.meta.dirname, '../knative/overlays', values.overlay);
  const components = await listComponents(existsSync(ofName) ? ofName : values.overlay);
  const functions = await listFunctionManifests(components);
  const verdicts = judgeCluster(await readClusterFacts(), components, functions);
  for (const { isMet, text, toDo } of verdicts) {
    console.log(`${isMet ? 'ok     ' : 'MISSING'}  ${text}`);
    if (!isMet) for (const line of toDo) console.log(`         ${line}`);
  }
  const missing = verdicts.filter((it) => !it.isMet).length;
  console.log(missing === 0 ? `The cluster has everything that ${values.overlay} needs.` : `${missing} missing.`);
  if (missing > 0) process.exitCode = 1;
} catch (error) {
  console.error(toLine(error));
  process.exitCode = 1;
}
