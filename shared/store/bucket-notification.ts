import { text } from 'node:stream/consumers';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { MinioBucket, type MinioOptions } from './minio-bucket.ts';
import { findS3Code } from './minio-errors.ts';

/** The target of a bucket's notifications about created and removed objects. */
export interface NotificationQueue {
  /** Names the rule in the bucket's configuration; one of the same name is replaced. */
  id: string;
  /** For example `arn:minio:sqs::DARKROOM:webhook`. */
  arn: string;
  /** Only keys with this prefix; '' for all. */
  prefix: string;
}

/**
 * Configures the bucket to notify `queue` of created and removed objects, and keeps all its other notifications.
 * Idempotent.
 * @throws store/no-target if the server has no target of that ARN, store/unavailable
 * @see the S3 API, PutBucketNotificationConfiguration
 */
export async function ensureNotification(options: MinioOptions, queue: NotificationQueue): Promise<'added' | 'there'> {
  const bucket = new MinioBucket(options);
  try {
    const request = { bucketName: bucket.name, query: 'notification' };
    const configured = await bucket.run(
      'notification',
      async (client) => await text(await client.makeRequestAsync({ method: 'GET', ...request })),
    );
    const wanted = addQueue(configured, queue);
    if (wanted === configured) return 'there';
    await bucket.run('notification', async (client) => {
      await client.makeRequestAsyncOmit({ method: 'PUT', ...request }, wanted);
    });
    return 'added';
  } catch (error) {
    if (isDarkroomError(error) && findS3Code(error.cause) === 'InvalidArgument')
      throw new DarkroomError('store/no-target', `The server has no notification target ${queue.arn}`, {
        cause: error,
      });
    throw error;
  } finally {
    bucket.close();
  }
}

const events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'];

/**
 * Adds `queue` to a bucket's configuration; other rules stay as they are. Returns `configured` itself if it contains
 * the rule.
 */
export function addQueue(configured: string, queue: NotificationQueue): string {
  const [, inside = ''] =
    /<NotificationConfiguration[^>]*[^/]>(.*)<\/NotificationConfiguration>/s.exec(configured) ?? [];
  const rules = [...inside.matchAll(/<QueueConfiguration>.*?<\/QueueConfiguration>/gs)].map(([rule]) => rule);
  if (rules.some((rule) => isRuleFor(rule, queue))) return configured;
  const others = rules
    .filter((rule) => readAll(rule, 'Id')[0] === escapeXml(queue.id))
    .reduce((left, rule) => left.replace(rule, ''), inside);
  return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${others}${formatRule(queue)}</NotificationConfiguration>`;
}

function isRuleFor(rule: string, { arn, prefix }: NotificationQueue): boolean {
  const found = new Set(readAll(rule, 'Event'));
  const filters = readAll(rule, 'FilterRule');
  const hasFilter =
    prefix === ''
      ? filters.length === 0
      : filters.length === 1 &&
        readAll(rule, 'Name')[0]?.toLowerCase() === 'prefix' &&
        readAll(rule, 'Value')[0] === escapeXml(prefix);
  return readAll(rule, 'Queue')[0] === escapeXml(arn) && events.every((it) => found.has(it)) && hasFilter;
}

function formatRule({ id, arn, prefix }: NotificationQueue): string {
  const asked = events.map((it) => `<Event>${it}</Event>`).join('');
  const rule = `<FilterRule><Name>prefix</Name><Value>${escapeXml(prefix)}</Value></FilterRule>`;
  const filter = prefix === '' ? '' : `<Filter><S3Key>${rule}</S3Key></Filter>`;
  return `<QueueConfiguration><Id>${escapeXml(id)}</Id>${filter}<Queue>${escapeXml(arn)}</Queue>${asked}</QueueConfiguration>`;
}

function readAll(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, value = '']) => value);
}

const escapeXml = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
