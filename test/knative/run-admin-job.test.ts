// Commands of administrators at zero pods.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { keepDeadLetter } from '#shared/outbox/dead-letter.ts';
import { newId } from '#shared/ids/ids.ts';
import { addressOf } from './installation.ts';
import { kubectl, namespace } from './kubectl.ts';

const script = join(import.meta.dirname, '../../knative/admin-job.sh');

let database: ReturnType<typeof connectPostgres>;
beforeAll(async () => {
  database = connectPostgres({ url: `postgres://postgres@${await addressOf('postgres')}:5432/postgres`, poolSize: 1 });
});
afterAll(() => database[Symbol.asyncDispose]());

function admin(...args: string[]): Promise<{ exitCode: number; out: string }> {
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number; out: string }>();
  execFile(script, ['-n', namespace, ...args], (error, out) => resolve({ exitCode: Number(error?.code ?? 0), out }));
  return promise;
}

test('a command runs as a Job with its exact arguments, and the Job is deleted', async () => {
  const email = `${newId()}@example.org`;
  const name = 'O\'Hara "the \\ one" $(id)';
  expect((await admin('users', 'create', email, '--name', name)).exitCode).toBe(0);
  const { exitCode, out } = await admin('users', 'list', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ email, name }));
  await expect
    .poll(() => kubectl(['get', 'job', '-l', 'app.kubernetes.io/name=darkroom-admin', '-o', 'name']), {
      timeout: 30_000,
    })
    .toBe('');
});

test('the script exits with the exit code of the command', async () => {
  expect(await admin('make', 'coffee')).toMatchObject({
    exitCode: 2,
    out: expect.stringContaining('Unknown command') as unknown,
  });
  expect((await admin('grant-admin', 'nobody@example.org')).exitCode).toBe(1);
});

test('a dead letter that is redriven reaches its function', async () => {
  const { db } = database;
  const eventId = newId();
  const key = `library/nobody/${eventId}.jpg`;
  await keepDeadLetter(db, {
    eventId,
    eventType: 'photos.darkroom.object.removed.v1',
    source: '/test',
    subject: key,
    data: { store: 'minio', key },
    destination: null,
    errorCode: 503,
    reason: 'away',
  });
  expect((await admin('dead-letters', 'list')).out).toContain(key);
  const { exitCode, out } = await admin('dead-letters', 'redrive', '--type', 'object.removed');
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: '1 letter: the event is sent again\n' });
  const waits = async () => await db.selectFrom('outbox').select('id').where('id', '=', eventId).execute();
  await expect.poll(waits, { timeout: 60_000 }).toEqual([]);
  expect((await admin('dead-letters', 'list')).out).not.toContain(key);
});
