import { listWatched } from '#shared/scans/watched-buckets.ts';
import type { Config } from '#shared/config/config.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
import { externalStore } from '#shared/store/location.ts';
import { minioOptionsOf } from '#shared/store/open-store.ts';
import type { AdminCommand } from './command.ts';
import { findOption, refuseArguments } from './read-input.ts';

/** The function's address in the cluster, by the name in its manifest. */
const defaultEndpoint = 'http://darkroom-watch-minio.NAMESPACE.svc.cluster.local/';

export const command: AdminCommand = {
  options: { target: { type: 'string' }, endpoint: { type: 'string' }, 'queue-dir': { type: 'string' } },
  async run({ config }, input) {
    refuseArguments(input);
    const target = readTarget(findOption(input, 'target') ?? 'DARKROOM');
    const endpoint = readEndpoint(findOption(input, 'endpoint') ?? defaultEndpoint);
    const queueDir = findOption(input, 'queue-dir') ?? '/queue';
    const arn = `arn:minio:sqs::${target}:webhook`;
    const settings = {
      [`MINIO_NOTIFY_WEBHOOK_ENABLE_${target}`]: 'on',
      [`MINIO_NOTIFY_WEBHOOK_ENDPOINT_${target}`]: endpoint,
      // Not the token itself: the output of a Job ends up in collected logs.
      [`MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_${target}`]: '$DARKROOM_WEBHOOK_TOKEN',
      [`MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_${target}`]: queueDir,
    };
    const buckets: Configured[] = [];
    for (const { bucket, prefix } of listRules(config)) {
      const outcome = await configure(() =>
        ensureNotification({ ...minioOptionsOf(config), bucket }, { id: 'darkroom', arn, prefix }),
      );
      buckets.push({ bucket, prefix, outcome });
    }
    const warnings = [
      ...(buckets.length === 0
        ? ['No bucket is watched: DARKROOM_STORE is folder, and DARKROOM_WATCH_BUCKET not set.']
        : []),
      ...(config.DARKROOM_WEBHOOK_TOKEN === undefined
        ? ['DARKROOM_WEBHOOK_TOKEN is not set: notifications are rejected until it is.']
        : []),
    ];
    return {
      text: [
        ...buckets.map((it) => formatOutcome(it, arn)),
        ...formatSettings(buckets, target, settings),
        ...warnings,
      ].join('\n'),
      json: { arn, buckets, settings, warnings },
    };
  },
};

interface Configured {
  bucket: string;
  prefix: string;
  outcome: 'added' | 'there' | 'target-missing';
}

/** The prefix of the keys of which each bucket sends notifications; empty (all keys) for a bucket that is only read. */
function listRules(config: Config): { bucket: string; prefix: string }[] {
  return listWatched(config, { kind: 'minio' }).map(({ bucket, store, prefix }) => ({
    bucket,
    prefix: store === externalStore ? '' : prefix,
  }));
}

async function configure(ensure: () => Promise<'added' | 'there'>): Promise<Configured['outcome']> {
  try {
    return await ensure();
  } catch (error) {
    if (isDarkroomError(error, 'store/no-target')) return 'target-missing';
    throw error;
  }
}

function formatOutcome({ bucket, prefix, outcome }: Configured, arn: string): string {
  const where = prefix === '' ? '' : ` below ${prefix}`;
  switch (outcome) {
    case 'added':
      return `The bucket ${bucket} now notifies ${arn} of new and removed objects${where}.`;
    case 'there':
      return `The bucket ${bucket} already notifies ${arn} of new and removed objects${where}.`;
    case 'target-missing':
      return `The server has no target ${arn}, so the bucket ${bucket} cannot send notifications yet.`;
  }
}

function formatSettings(buckets: readonly Configured[], target: string, settings: Record<string, string>): string[] {
  const environment = Object.entries(settings).map(([name, value]) => `  ${name}=${value}`);
  if (!buckets.some(({ outcome }) => outcome === 'target-missing'))
    return ['That target should be configured as:', ...environment];
  const pairs = Object.entries(settings)
    .slice(1)
    .map(([name, value]) => {
      const key = name.slice('MINIO_NOTIFY_WEBHOOK_'.length, -target.length - 1).toLowerCase();
      return `${key}="${value}"`;
    });
  return [
    'Start MinIO with these variables:',
    ...environment,
    'or set them with mc, and restart it:',
    `  mc admin config set ALIAS notify_webhook:${target} ${pairs.join(' ')}`,
    '  mc admin service restart ALIAS',
    'and then run this command again.',
  ];
}

function readTarget(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]{0,31}$/.test(text)) return text;
  throw new DarkroomError('input/invalid', '--target must be a name of letters, digits and _');
}

function readEndpoint(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '') && !/\s|"|\$/.test(text)) return text;
  throw new DarkroomError('input/invalid', '--endpoint must be an http or https address');
}
