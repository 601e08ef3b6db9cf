import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client } from 'minio';
import { expect, test } from 'vitest';
import { describeWithService, startMinio } from '#test/support/services.ts';
import { addQueue, ensureNotification } from './bucket-notification.ts';

const queue = { id: 'darkroom', arn: 'arn:minio:sqs::DARKROOM:webhook', prefix: 'library/' };
const root = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</NotificationConfiguration>`;
const other = `<QueueConfiguration><Id>x</Id><Filter><S3Key><FilterRule><Name>prefix</Name><Value>0123</Value></FilterRule></S3Key></Filter><Queue>arn:minio:sqs::OTHER:webhook</Queue><Event>s3:ObjectCreated:Put</Event></QueueConfiguration>`;

test.each([
  ['nothing', root('')],
  ['nothing, in short', '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'],
  ['no text', ''],
])('a bucket that notifies of %s gets the rule', (_what, configured) => {
  const wanted = addQueue(configured, queue);
  expect(wanted.match(/<QueueConfiguration>/g)).toHaveLength(1);
  expect(wanted).toContain(queue.arn);
  expect(addQueue(wanted, queue)).toBe(wanted);
});

test('rules of other programs stay unchanged, character by character', () => {
  const strange =
    '<EventBridgeConfiguration></EventBridgeConfiguration><TopicConfiguration><Id>t</Id></TopicConfiguration>';
  expect(addQueue(root(other + strange), queue)).toContain(other + strange);
});

test.each([
  ['another prefix', { ...queue, prefix: 'photos/' }],
  ['another target', { ...queue, arn: 'arn:minio:sqs::OLD:webhook' }],
])('the rule with %s is replaced, not duplicated', (_what, old) => {
  const wanted = addQueue(addQueue(root(other), old), queue);
  expect(wanted.match(/<Id>darkroom<\/Id>/g)).toHaveLength(1);
  expect(wanted).toContain(other);
  expect(wanted).toContain('<Value>library/</Value>');
});

test('a bucket that is watched as a whole gets one rule without a filter', () => {
  const all = { ...queue, prefix: '' };
  const wanted = addQueue('', all);
  expect(wanted).not.toContain('Filter');
  expect(addQueue(wanted, all)).toBe(wanted);
  expect(addQueue(wanted, queue)).toContain('<Value>library/</Value>');
});

test('an equivalent rule under another name is enough', () => {
  const configured = root(addQueue('', { ...queue, id: '<mine>' }).replace(/^<Not[^>]*>|<\/Not[^>]*>$/g, ''));
  expect(addQueue(configured, queue)).toBe(configured);
});

describeWithService('minio', 'a bucket of MinIO', () => {
  test('gets one notification rule beside its existing ones; an unknown target is named in the error', async () => {
    const webhook = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(webhook, 'listening');
    const endpoint = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`;
    await using server = await startMinio({
      env: Object.fromEntries(
        ['DARKROOM', 'OTHER'].flatMap((id) => [
          [`MINIO_NOTIFY_WEBHOOK_ENABLE_${id}`, 'on'],
          [`MINIO_NOTIFY_WEBHOOK_ENDPOINT_${id}`, endpoint],
        ]),
      ),
    });
    const { port, accessKey, secretKey } = server;
    const bucket = `test-${randomBytes(4).toString('hex')}`;
    const options = { endpoint: '127.0.0.1', port, useTls: false, accessKey, secretKey, bucket, region: 'us-east-1' };
    const client = new Client({ endPoint: '127.0.0.1', port, useSSL: false, accessKey, secretKey });
    await client.makeBucket(bucket);
    expect(
      await ensureNotification(options, { ...queue, arn: 'arn:minio:sqs::OTHER:webhook', id: 'other', prefix: '0123' }),
    ).toBe('added');
    expect(await ensureNotification(options, queue)).toBe('added');
    expect(await ensureNotification(options, queue)).toBe('there');
    const rules = (await client.getBucketNotification(bucket)).QueueConfiguration;
    expect(rules).toMatchObject([
      { Id: 'other', Queue: 'arn:minio:sqs::OTHER:webhook' },
      { Id: 'darkroom', Queue: queue.arn, Event: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] },
    ]);
    const missing = { ...queue, id: 'new', arn: 'arn:minio:sqs::NOWHERE:webhook' };
    await expect(ensureNotification(options, missing)).rejects.toMatchObject({
      code: 'store/no-target',
      message: 'The server has no notification target arn:minio:sqs::NOWHERE:webhook',
    });
    webhook.closeAllConnections();
    webhook.close();
  });
});
