import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyPassword } from '#shared/auth/passwords.ts';
import { createToken } from '#shared/auth/tokens.ts';
import { createSession, listSessions } from '#shared/users/session.ts';
import { findUserByEmail } from '#shared/users/user.ts';
import { newId } from '#shared/ids/ids.ts';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await openTestAdmin();
});
afterAll(() => admin[Symbol.asyncDispose]());
beforeEach(async () => {
  await admin.platform.db.deleteFrom('user').execute();
});

const find = async (email: string) => {
  const user = await findUserByEmail(admin.platform.db, email);
  if (user === undefined) throw new Error(`${email} has no account`);
  return user;
};
const create = (line: string, input?: string) => admin.run(`users create ${line}`, input);

test('the first account is an administrator, whose password is shown once', async () => {
  const { exitCode, out } = await create('Ada@Example.org');
  expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringContaining('ada@example.org') as unknown });
  const password = /Password: (\S+)/.exec(out)?.[1] ?? '';
  const user = await find('ada@example.org');
  expect(user).toMatchObject({ isAdmin: true, name: 'Ada', shouldChangePassword: true });
  expect(await verifyPassword(password, user.password)).toBe(true);
  expect((await create('ben@example.org')).exitCode).toBe(0);
  expect(await find('ben@example.org')).toMatchObject({ isAdmin: false });
});

test('an account gets the given folder, quota and password', async () => {
  await create('ada@example.org');
  const line = [
    'users',
    'create',
    'ben@example.org',
    '--name',
    'Ben B',
    '--folder',
    'ben',
    '--quota-gib',
    '5',
    '--password-stdin',
  ];
  const made = await admin.json<Record<string, unknown>>(line, 'correct horse');
  expect(made).toMatchObject({ name: 'Ben B', storageLabel: 'ben', quotaSizeInBytes: 5 * 2 ** 30 });
  expect(JSON.stringify(made)).not.toContain('horse');
  const user = await find('ben@example.org');
  expect(user.shouldChangePassword).toBe(false);
  expect(await verifyPassword('correct horse', user.password)).toBe(true);
});

test.each([
  ['an invalid address', 'nobody', ''],
  ['no address', '', ''],
  ['an address that is taken', 'ada@example.org', ''],
  ['a folder that is taken', 'cy@example.org --folder ada', ''],
  ['an invalid quota', 'cy@example.org --quota-gib much', ''],
  ['a short password', 'cy@example.org --password-stdin', 'short'],
  ['an unknown option', 'cy@example.org --colour red', ''],
])('%s is refused with the usage', async (_, line, input) => {
  await create('ada@example.org --folder ada');
  const { exitCode, out, err } = await admin.run(['users', 'create', ...line.split(' ').filter(Boolean)], input);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('Usage: admin users create EMAIL');
});

test('users are listed without secrets', async () => {
  expect((await admin.run('users list')).out).toContain('There are no accounts yet');
  await create('ada@example.org --folder ada --quota-gib 2');
  const { out } = await admin.run('users list');
  expect(out).toMatch(/^E-MAIL +NAME +ROLE/);
  expect(out).toMatch(/ada@example\.org +ada +admin +ada +0\.0 of 2\.0 GiB/);
  const [user] = await admin.json<Record<string, unknown>[]>('users list');
  expect(Object.keys(user ?? {}).toSorted()).toEqual([
    'createdAt',
    'email',
    'id',
    'isAdmin',
    'name',
    'quotaSizeInBytes',
    'quotaUsageInBytes',
    'status',
    'storageLabel',
  ]);
});

test('a password is reset to a generated one, or to the one on standard input', async () => {
  await create('ada@example.org');
  const { generatedPassword } = await admin.json<{ generatedPassword: string }>('reset-password ADA@example.org');
  expect(generatedPassword).toHaveLength(20);
  expect(await verifyPassword(generatedPassword, (await find('ada@example.org')).password)).toBe(true);

  const { out } = await admin.run('reset-password ada@example.org --password-stdin', 'correct horse');
  expect(out).toBe('ada@example.org has a new password.\n');
  expect(await find('ada@example.org')).toMatchObject({ shouldChangePassword: false });
});

test('a reset ends sessions only with the option for it', async () => {
  await create('ada@example.org');
  const { id: userId } = await find('ada@example.org');
  await createSession(admin.platform.db, { id: newId(), token: createToken().hash, userId });
  await admin.run('reset-password ada@example.org');
  expect(await listSessions(admin.platform.db, userId)).toHaveLength(1);
  await admin.run('reset-password ada@example.org --end-sessions');
  expect(await listSessions(admin.platform.db, userId)).toEqual([]);
});

test('a user becomes an administrator, but not one whose account is unknown or closed', async () => {
  await create('ada@example.org');
  await create('ben@example.org');
  expect((await admin.run('grant-admin ben@example.org')).out).toBe('ben@example.org is an administrator now.\n');
  expect((await admin.run('grant-admin ben@example.org')).out).toContain('already');
  expect(await find('ben@example.org')).toMatchObject({ isAdmin: true });
  await admin.platform.db
    .updateTable('user')
    .set({ deletedAt: new Date() })
    .where('email', '=', 'ben@example.org')
    .execute();
  for (const email of ['ben@example.org', 'nobody@example.org'])
    expect(await admin.run(`grant-admin ${email}`)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(email) as unknown,
    });
});
