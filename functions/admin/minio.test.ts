import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client } from 'minio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';
import { describeWithService, startMinio } from '#test/support/services.ts';
import { runCommand } from './run-command.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await openTestAdmin({
    DARKROOM_STORE: 'minio',
    DARKROOM_MINIO_ENDPOINT: 'http://127.0.0.1:1',
    DARKROOM_MINIO_ACCESS_KEY: 'a',
    DARKROOM_MINIO_SECRET_KEY: 'b',
  });
});
afterAll(() => admin[Symbol.asyncDispose]());

test('the output says that a bucket was never listed', async () => {
  const { out, exitCode } = await admin.run('minio listing');
  expect({ out, exitCode }).toMatchObject({ exitCode: 0 });
  expect(out).toMatch(/^bucket: darkroom\nlast notification: never\nlast listing: never/);
});

test('only a halted listing can be approved; the next listing uses the approval', async () => {
  const { db } = admin.platform;
  const finishedAt = new Date(Date.now() - 7_200_000);
  const row = { bucket: 'darkroom', finishedAt, finishedObjects: 40, lostCreated: 3, lostRemoved: 1 };
  await db
    .insertInto('bucket_listing')
    .values({ ...row, ...empty })
    .execute();
  const early = await admin.run('minio listing --approve');
  expect(early.exitCode).not.toBe(0);
  expect(early.err).toContain('nothing to approve');
  await db.updateTable('bucket_listing').set({ haltedAt: finishedAt, haltedReason: '30 of 40 are missing' }).execute();
  expect((await admin.run('minio listing')).out).toMatch(
    /last listing: 2 h ago, 40 objects\nnotifications that were lost: 3 of new objects, 1 of removed ones\nhalted: 30 of 40 are missing\nNo object is treated as removed/,
  );
  expect((await admin.run('minio listing --approve')).out).toContain(
    'the next listing treats the missing objects as removed',
  );
  expect(await admin.json('minio listing')).toMatchObject([{ bucket: 'darkroom', isApproved: true, lostCreated: 3 }]);
});
const empty = {
  holder: null,
  leaseUntil: null,
  startedAt: null,
  cursor: null,
  notifiedAt: null,
  haltedAt: null,
  haltedReason: null,
};

test('only a watched bucket can be selected', async () => {
  expect(await admin.run('minio listing --bucket holidays')).toMatchObject({ exitCode: 2 });
});

test.each(['--target a-b', '--endpoint ftp://x', '--endpoint nowhere', 'now'])('setup %s is refused', async (line) => {
  expect(await admin.run(`minio setup ${line}`)).toMatchObject({ exitCode: 2 });
});

describeWithService('minio', 'minio setup', () => {
  const run = async (port: number, line: string, env: Record<string, string> = {}) => {
    const config = parseConfig({
      DARKROOM_STORE: 'minio',
      DARKROOM_MINIO_ENDPOINT: `http://127.0.0.1:${port}`,
      DARKROOM_MINIO_ACCESS_KEY: 'darkroom',
      DARKROOM_MINIO_SECRET_KEY: 'darkroom-secret',
      ...env,
    });
    const refuse = () => Promise.reject(new Error('this command must not open the database'));
    return await runCommand(line.split(' '), {
      config,
      isOnlyProcess: false,
      openAnyDb: refuse,
      openDb: refuse,
      openPlatform: refuse,
      announce: refuse,
      readInput: refuse,
    });
  };

  test('setup prints the configuration that the server lacks, and turns on notifications once it has it', async () => {
    const webhook = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(webhook, 'listening');
    const endpoint = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
    await using server = await startMinio({
      env: { MINIO_NOTIFY_WEBHOOK_ENABLE_HOME: 'on', MINIO_NOTIFY_WEBHOOK_ENDPOINT_HOME: endpoint },
    });
    const token = 'not-to-be-printed';
    const absent = await run(server.port, 'minio setup');
    expect([absent.exitCode, absent.err]).toEqual([1, expect.stringContaining('bucket does not exist')]);
    const { endpoint: endPoint, port, accessKey, secretKey } = server;
    const client = new Client({ endPoint, port, accessKey, secretKey, useSSL: false });
    for (const bucket of ['darkroom', 'holidays']) await client.makeBucket(bucket);
    const early = await run(server.port, `minio setup --endpoint ${endpoint}`, { DARKROOM_WEBHOOK_TOKEN: token });
    expect(early.out).toContain('The server has no target arn:minio:sqs::DARKROOM:webhook');
    expect(early.out).toContain(`MINIO_NOTIFY_WEBHOOK_ENDPOINT_DARKROOM=${endpoint}`);
    expect(early.out).toContain(
      `notify_webhook:DARKROOM endpoint="${endpoint}" auth_token="$DARKROOM_WEBHOOK_TOKEN" queue_dir="/queue"`,
    );
    expect(early.out + early.err).not.toContain(token);

    const again = () => run(server.port, 'minio setup --target HOME --json', { DARKROOM_WATCH_BUCKET: 'holidays' });
    const first = await again();
    expect(JSON.parse(first.out)).toMatchObject({
      buckets: [
        { bucket: 'darkroom', prefix: 'library/', outcome: 'added' },
        { bucket: 'holidays', prefix: '', outcome: 'added' },
      ],
      arn: 'arn:minio:sqs::HOME:webhook',
      warnings: [expect.stringContaining('DARKROOM_WEBHOOK_TOKEN is not set') as string],
    });
    expect(JSON.parse((await again()).out)).toMatchObject({ buckets: [{ outcome: 'there' }, { outcome: 'there' }] });
    webhook.closeAllConnections();
    webhook.close();
  });

  test('a server that is unreachable is reported', async () => {
    const { exitCode, err } = await run(1, 'minio setup');
    expect(exitCode).toBe(1);
    expect(err).toContain('store/unavailable');
  });
});
