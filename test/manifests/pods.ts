import type { Manifest } from '../support/kustomize.ts';

interface Container {
  name?: string;
  image: string;
  args: string[];
  env?: { name: string; value?: string }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: SecurityContext;
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  livenessProbe?: { httpGet?: { path: string } };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface SecurityContext {
  allowPrivilegeEscalation?: boolean;
  privileged?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  capabilities?: { drop?: string[]; add?: string[] };
  seccompProfile?: { type: string };
}

interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  securityContext?: SecurityContext;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  automountServiceAccountToken?: boolean;
  containerConcurrency?: number;
  timeoutSeconds?: number;
  responseStartTimeoutSeconds?: number;
  idleTimeoutSeconds?: number;
}

/** A Knative Service or a Job. */
export interface Workload extends Manifest {
  spec: { template: { metadata: Partial<Manifest['metadata']>; spec: PodSpec } };
}

const serving = 'serving.knative.dev/v1';

export const isFunction = (manifest: Manifest): manifest is Workload =>
  manifest.apiVersion === serving && manifest.kind === 'Service';

export const isWorkload = (manifest: Manifest): manifest is Workload =>
  isFunction(manifest) || ['Job', 'Deployment', 'StatefulSet'].includes(manifest.kind);

const volumesOfRestricted = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** The violations of the restricted standard in a pod. @see Kubernetes, Pod Security Standards */
export function listViolations(pod: PodSpec): string[] {
  const found: string[] = [];
  if (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) found.push('namespaces of the host');
  for (const { name, ...source } of pod.volumes ?? []) {
    for (const kind of Object.keys(source))
      if (!volumesOfRestricted.includes(kind)) found.push(`volume ${name}: ${kind}`);
  }
  for (const { securityContext: own = {}, image } of [...pod.containers, ...(pod.initContainers ?? [])]) {
    const { runAsNonRoot, runAsUser, seccompProfile } = { ...pod.securityContext, ...own };
    if (own.allowPrivilegeEscalation !== false) found.push(`${image}: allowPrivilegeEscalation`);
    if (own.privileged === true) found.push(`${image}: privileged`);
    if (own.capabilities?.drop?.includes('ALL') !== true) found.push(`${image}: capabilities.drop`);
    if ((own.capabilities?.add ?? []).some((it) => it !== 'NET_BIND_SERVICE')) found.push(`${image}: capabilities.add`);
    if (runAsNonRoot !== true || runAsUser === 0) found.push(`${image}: runAsNonRoot`);
    if (!['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? '')) found.push(`${image}: seccompProfile`);
  }
  return found;
}

const fieldsWithoutFlag = new Set([
  'automountServiceAccountToken',
  'containerConcurrency',
  'containers',
  'enableServiceLinks',
  'idleTimeoutSeconds',
  'imagePullSecrets',
  'responseStartTimeoutSeconds',
  'serviceAccountName',
  'timeoutSeconds',
  'volumes',
]);
const volumesWithoutFlag = new Set(['configMap', 'emptyDir', 'projected', 'secret']);

/** The feature flags and raised limits that a workload needs in Knative Serving. @see config-features, config-defaults */
export function listFlagsNeeded({ spec: { template } }: Workload): string[] {
  const fields = Object.keys(template.spec).filter((it) => !fieldsWithoutFlag.has(it));
  const volumes = (template.spec.volumes ?? []).flatMap(Object.keys).filter((it) => it !== 'name');
  const limits = [template.spec.timeoutSeconds, template.spec.responseStartTimeoutSeconds].filter((it) => it !== 600);
  return [...fields, ...volumes.filter((it) => !volumesWithoutFlag.has(it)), ...limits.map((it) => `${it} s`)];
}
