import { expect, test } from 'vitest';
import { createToken, hashToken } from './tokens.ts';

test('a secret never begins with `-`, so that a command line does not read it as an option', () => {
  const secrets = Array.from({ length: 5000 }, () => createToken().secret);
  expect(secrets.filter((it) => it.startsWith('-'))).toEqual([]);
  expect(new Set(secrets).size).toBe(5000);
  for (const secret of secrets) expect(secret).toMatch(/^\w[\w-]{42}$/);
});

test('the hash of the secret is the stored one', () => {
  const { secret, hash } = createToken();
  expect(hashToken(secret).equals(hash)).toBe(true);
});
