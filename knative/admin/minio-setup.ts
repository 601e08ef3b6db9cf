import { watchedPrefix } from '#functions/watch-minio/watched.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { ensureNotification } from '#shared/store/bucket-notification.ts';
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
    const bucket = config.DARKROOM_MINIO_BUCKET;
    const settings = {
      [`MINIO_NOTIFY_WEBHOOK_ENABLE_${target}`]: 'on',
      [`MINIO_NOTIFY_WEBHOOK_ENDPOINT_${target}`]: endpoint,
      // The token itself stays where it is: what a Job prints is kept by whoever collects logs.
      [`MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_${target}`]: '$DARKROOM_WEBHOOK_TOKEN',
      [`MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_${target}`]: queueDir,
    };
    const outcome = await configure(() =>
      ensureNotification(minioOptionsOf(config), { id: 'darkroom', arn, prefix: watchedPrefix }),
    );
    const warnings =
      config.DARKROOM_WEBHOOK_TOKEN === undefined
        ? ['DARKROOM_WEBHOOK_TOKEN is not set: notifications are refused until it is.']
        : [];
    return {
      text: [...tell(outcome, bucket, arn, settings), ...warnings].join('\n'),
      json: { outcome, bucket, arn, prefix: watchedPrefix, settings, warnings },
    };
  },
};

type Outcome = 'added' | 'there' | 'target-missing';

async function configure(ensure: () => Promise<'added' | 'there'>): Promise<Outcome> {
  try {
    return await ensure();
  } catch (error) {
    if (isDarkroomError(error, 'store/no-target')) return 'target-missing';
    throw error;
  }
}

function tell(outcome: Outcome, bucket: string, arn: string, settings: Record<string, string>): string[] {
  const environment = Object.entries(settings).map(([name, value]) => `  ${name}=${value}`);
  if (outcome !== 'target-missing')
    return [
      `${outcome === 'added' ? 'From now on the' : 'The'} bucket ${bucket} tells ${arn} what comes and goes below ${watchedPrefix}.`,
      'That target should be configured as:',
      ...environment,
    ];
  const target = arn.split(':')[4] ?? '';
  const pairs = Object.entries(settings)
    .slice(1)
    .map(([name, value]) => {
      const key = name.slice('MINIO_NOTIFY_WEBHOOK_'.length, -target.length - 1).toLowerCase();
      return `${key}="${value}"`;
    });
  return [
    `The server has no target ${arn}, so the bucket ${bucket} cannot tell it anything yet.`,
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
