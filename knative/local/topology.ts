import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import { parseDuration } from './duration.ts';

/** The services, Triggers and schedules of the manifests. */
export interface Topology {
  services: ServiceSpec[];
  triggers: TriggerSpec[];
  schedules: ScheduleSpec[];
}

export interface ServiceSpec {
  name: string;
  /** The function of the service: its `--target`. */
  target: string;
  maxScale: number;
  /** Concurrent requests of one pod; 0 is no limit. */
  containerConcurrency: number;
  env: Record<string, string>;
}

export interface TriggerSpec {
  name: string;
  /** Attributes that an event must match exactly. */
  filter: Record<string, string>;
  /** Name of the service. */
  subscriber: string;
  delivery: DeliverySpec;
}

/** @see Knative Eventing, DeliverySpec */
export interface DeliverySpec {
  /** Attempts after the first. */
  retry: number;
  backoffPolicy: 'exponential' | 'linear';
  backoffDelayMs: number;
  /** The timeout of one attempt; no limit by default. */
  timeoutMs?: number;
  /** Name of the service that receives undeliverable events. */
  deadLetterSink?: string;
}

export interface ScheduleSpec {
  name: string;
  /** Cron, five fields. */
  cron: string;
  timeZone?: string;
  contentType: string;
  data: string;
  /** Extensions of each tick. */
  extensions: Record<string, string>;
}

const ref = z.object({ ref: z.object({ kind: z.literal('Service'), name: z.string() }) });
const delivery = z.strictObject({
  retry: z.number().int().nonnegative(),
  backoffPolicy: z.enum(['exponential', 'linear']).default('exponential'),
  backoffDelay: z.string(),
  timeout: z.string().optional(),
  deadLetterSink: ref.optional(),
});
const metadata = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() });

const brokerManifest = z.object({ metadata, spec: z.object({ delivery: delivery.optional() }) });
const triggerManifest = z.object({
  metadata,
  spec: z.strictObject({
    broker: z.string(),
    filter: z.strictObject({ attributes: z.record(z.string(), z.string()) }),
    subscriber: ref,
    delivery: delivery.optional(),
  }),
});
const serviceManifest = z.object({
  metadata,
  spec: z.object({
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
      spec: z.object({
        containerConcurrency: z.number().int().nonnegative(),
        containers: z.tuple([
          z.object({
            args: z.array(z.string()),
            env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
          }),
        ]),
      }),
    }),
  }),
});
const pingManifest = z.object({
  metadata,
  spec: z.object({
    schedule: z.string(),
    timezone: z.string().optional(),
    contentType: z.string().default('application/json'),
    data: z.string().default(''),
    ceOverrides: z.strictObject({ extensions: z.record(z.string(), z.string()) }).optional(),
  }),
});

/** Reads the manifests of `base` and `components` in `folder`; patches are ignored. @throws config/invalid */
export async function readTopology(folder: string, components: readonly string[] = []): Promise<Topology> {
  const folders = [join(folder, 'base'), ...components.map((name) => join(folder, 'components', name))];
  const documents = (await Promise.all(folders.map(readKustomization))).flat();
  const ofKind = (kind: string, group: string) =>
    documents.filter((it) => it.kind === kind && it.apiVersion.startsWith(`${group}/`)).map((it) => it.manifest);
  const [broker] = ofKind('Broker', 'eventing.knative.dev').map((it) => parse(brokerManifest, it));
  return {
    services: ofKind('Service', 'serving.knative.dev').map((it) => toService(parse(serviceManifest, it))),
    triggers: ofKind('Trigger', 'eventing.knative.dev').map((it) =>
      toTrigger(parse(triggerManifest, it), broker?.spec.delivery),
    ),
    schedules: ofKind('PingSource', 'sources.knative.dev').map((it) => toSchedule(parse(pingManifest, it))),
  };
}

export interface ManifestDocument {
  file: string;
  kind: string;
  apiVersion: string;
  manifest: unknown;
}

const kustomization = z.object({ resources: z.array(z.string()).default([]) });
const header = z.object({ kind: z.string(), apiVersion: z.string() });

/** Every document of the resources of a kustomization, including those in folders. @throws config/invalid */
export async function readKustomization(folder: string): Promise<ManifestDocument[]> {
  const found: ManifestDocument[] = [];
  const [list] = await readDocuments(join(folder, 'kustomization.yaml'));
  for (const resource of parse(kustomization, list).resources) {
    const path = join(folder, resource);
    if (!/\.ya?ml$/.test(resource)) found.push(...(await readKustomization(path)));
    else
      for (const manifest of await readDocuments(path))
        found.push({ file: path, manifest, ...parse(header, manifest) });
  }
  return found;
}

async function readDocuments(path: string): Promise<unknown[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  if ('empty' in documents) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new DarkroomError('config/invalid', `${path}: ${error.message}`, { cause: error });
    return document.toJS() as unknown;
  });
}

function parse<T>(schema: z.ZodType<T>, manifest: unknown): T {
  const result = schema.safeParse(manifest);
  if (result.success) return result.data;
  throw new DarkroomError('config/invalid', `A manifest is not as expected: ${z.prettifyError(result.error)}`);
}

function toService({ metadata: { name }, spec: { template } }: z.output<typeof serviceManifest>): ServiceSpec {
  const [container] = template.spec.containers;
  const target = container.args.find((it) => it.startsWith('--target='))?.slice('--target='.length);
  const maxScale = Number(template.metadata.annotations['autoscaling.knative.dev/max-scale']);
  if (target === undefined) throw new DarkroomError('config/invalid', `Service ${name} has no --target`);
  if (!(maxScale > 0)) throw new DarkroomError('config/invalid', `Service ${name} has no max-scale`);
  const env = Object.fromEntries(container.env.map((it) => [it.name, it.value]));
  return { name, target, maxScale, containerConcurrency: template.spec.containerConcurrency, env };
}

type Delivery = z.output<typeof delivery>;

/** A Trigger's delivery replaces the Broker's as a whole; only the dead letter sink falls back separately. */
function toTrigger({ metadata: { name }, spec }: z.output<typeof triggerManifest>, ofBroker?: Delivery): TriggerSpec {
  const own = spec.delivery ?? ofBroker ?? { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' };
  const deadLetterSink = (own.deadLetterSink ?? ofBroker?.deadLetterSink)?.ref.name;
  return {
    name,
    filter: spec.filter.attributes,
    subscriber: spec.subscriber.ref.name,
    delivery: {
      retry: own.retry,
      backoffPolicy: own.backoffPolicy,
      backoffDelayMs: parseDuration(own.backoffDelay),
      ...(own.timeout === undefined ? {} : { timeoutMs: parseDuration(own.timeout) }),
      ...(deadLetterSink === undefined ? {} : { deadLetterSink }),
    },
  };
}

function toSchedule({ metadata: { name }, spec }: z.output<typeof pingManifest>): ScheduleSpec {
  const { schedule: cron, timezone, contentType, data, ceOverrides } = spec;
  const extensions = ceOverrides?.extensions ?? {};
  return { name, cron, contentType, data, extensions, ...(timezone === undefined ? {} : { timeZone: timezone }) };
}
