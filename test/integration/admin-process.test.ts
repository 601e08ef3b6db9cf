import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyPassword } from '#shared/auth/passwords.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { keepDeadLetter } from '#shared/outbox/dead-letter.ts';
import { findUserByEmail } from '#shared/users/user.ts';
import { newId } from '#shared/ids/ids.ts';
import { describeWithService, sharedPostgres } from '../support/services.ts';

const root = join(import.meta.dirname, '../..');

/** `darkroom admin` as in a Job. */
async function run(args: readonly string[], env: Record<string, string>, input = '') {
  const child = spawn(process.execPath, ['functions/pod/function.ts', '--target=admin', '--', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], DARKROOM_STORE_PATH: '/nonexistent', ...env },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  return { exitCode: child.exitCode, out, err };
}

describeWithService('postgres', 'darkroom admin as a process', () => {
  let stack: AsyncDisposableStack;
  let env: { DATABASE_URL: string };
  let db: ReturnType<typeof connectPostgres>['db'];
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const { url } = stack.use(await (await sharedPostgres()).createDatabase());
    db = stack.use(connectPostgres({ url, poolSize: 1 })).db;
    env = { DATABASE_URL: url };
  });
  afterEach(() => stack.disposeAsync());

  test('opens no store for commands on the database, and reads a password from standard input', async () => {
    expect(await run(['users', 'list'], env)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('db/schema-older') as unknown,
    });
    expect((await run(['schema', '--json'], env)).out).toContain('"fits":"older"');
    await migrateToLatest(db);
    const made = await run(['users', 'create', 'ada@example.org', '--password-stdin'], env, 'correct horse\n');
    expect(made).toEqual({ exitCode: 0, out: 'ada@example.org has an account now, an administrator.\n', err: '' });
    expect(await verifyPassword('correct horse', (await findUserByEmail(db, 'ada@example.org'))?.password)).toBe(true);
    const { exitCode, out, err } = await run(['users', 'list', '--json'], env);
    expect({ exitCode, err, users: JSON.parse(out) as unknown }).toMatchObject({
      exitCode: 0,
      err: '',
      users: [{ email: 'ada@example.org' }],
    });
  });

  test('sends redriven events to the Broker, and prints a note if none is configured', async () => {
    await migrateToLatest(db);
    const seen: string[] = [];
    const broker = createServer((request, response) => {
      seen.push(String(request.headers['ce-subject']));
      response.writeHead(202).end();
    }).listen(0, '127.0.0.1');
    await once(broker, 'listening');
    stack.defer(() => void broker.close());
    const bury = () =>
      keepDeadLetter(db, {
        eventId: newId(),
        eventType: 'photos.darkroom.object.created.v1',
        source: '/s',
        subject: 'library/a.jpg',
        data: { store: 'folder', key: 'library/a.jpg', sizeBytes: 1, version: '1' },
        destination: null,
        errorCode: 500,
        reason: 'why',
      });
    await bury();
    const without = await run(['dead-letters', 'redrive', '--all'], env);
    expect(without).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/sent again\nNo Broker is configured here/) as unknown,
    });
    expect(seen).toEqual([]);
    await bury();
    const { port } = broker.address() as AddressInfo;
    const sent = await run(['redrive'], { ...env, K_SINK: `http://127.0.0.1:${port}/` });
    expect(sent).toMatchObject({ exitCode: 0, out: expect.not.stringContaining('Broker') as unknown });
    // Includes the first one, which waited in the outbox.
    expect(seen).toEqual(['library/a.jpg', 'library/a.jpg']);
  });
});

test('an unreachable database, a wrong setting and an unknown command each print one line', async () => {
  const away = { DATABASE_URL: 'postgres://darkroom@127.0.0.1:1/darkroom' };
  expect(await run(['users', 'list'], away)).toEqual({
    exitCode: 1,
    out: '',
    err: 'darkroom: The database is not available (db/unavailable)\n',
  });
  expect(await run(['users', 'list'], {})).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('DATABASE_URL') as unknown,
  });
  expect(await run(['make', 'coffee'], away)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Unknown command make coffee') as unknown,
  });
});
