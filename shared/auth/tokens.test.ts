import { expect, test } from 'vitest';
import { createToken, hashToken } from './tokens.ts';

test('a secret is no option of a command line, whatever it begins with', () => {
  const secrets = Array.from({ length: 5000 }, () => createToken().secret);
  expect(secrets.filter((it) => it.startsWith('-'))).toEqual([]);
  expect(new Set(secrets).size).toBe(5000);
  for (const secret of secrets) expect(secret).toMatch(/^\w[\w-]{42}$/);
});

test('its hash is the one that is looked up', () => {
  const { secret, hash } = createToken();
  expect(hashToken(secret).equals(hash)).toBe(true);
});
