import { listWatched } from '#shared/scans/watched-buckets.ts';
import type { Config } from '#shared/config/config.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
import { externalStore } from '#shared/store/location.ts';
import { minioOptionsOf } from '#shared/store/open-store.ts';
import type { AdminCommand } from './command.ts';
import { findOption, refuseArguments } from './read-input.ts';

/** Where the function listens inside of the cluster, by the name that its manifest gives it. */
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
      // The token itself stays where it is: what a Job prints is kept by whoever collects logs.
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
        ? ['DARKROOM_WEBHOOK_TOKEN is not set: notifications are refused until it is.']
        : []),
    ];
    return {
      text: [...buckets.map((it) => tell(it, arn)), ...tellSettings(buckets, target, settings), ...warnings].join('\n'),
      json: { arn, buckets, settings, warnings },
    };
  },
};

interface Configured {
  bucket: string;
  prefix: string;
  outcome: 'added' | 'there' | 'target-missing';
}

/** What notifications are asked of each bucket; of one that is only read all are. */
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

function tell({ bucket, prefix, outcome }: Configured, arn: string): string {
  const where = prefix === '' ? '' : ` below ${prefix}`;
  switch (outcome) {
    case 'added':
      return `From now on the bucket ${bucket} tells ${arn} what comes and goes${where}.`;
    case 'there':
      return `The bucket ${bucket} tells ${arn} what comes and goes${where}.`;
    case 'target-missing':
      return `The server has no target ${arn}, so the bucket ${bucket} cannot tell it anything yet.`;
  }
}

function tellSettings(buckets: readonly Configured[], target: string, settings: Record<string, string>): string[] {
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
  throw new DarkroomError('input/invalid', '--target is a name of letters, digits and _');
}

function readEndpoint(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '') && !/\s|"|\$/.test(text)) return text;
  throw new DarkroomError('input/invalid', '--endpoint is an http or https address');
}
