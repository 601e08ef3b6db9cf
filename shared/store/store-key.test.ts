import { expect, test } from 'vitest';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { compareStoreKeys, isStoreKey, parseStoreKey } from './store-key.ts';

test.each(['a', 'upload/u/a b.jpg', '..a/b..', 'a/...', 'ünï/写真/🏔.jpg', 'a\\b', '-', 'a'.repeat(1_024)])(
  '%j is a key',
  (text) => {
    expect(parseStoreKey(text)).toBe(text);
  },
);

test.each([
  '',
  '/',
  '/etc/passwd',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/..',
  './a',
  'a\0b',
  'a\nb',
  'a\u007fb',
  'a\u0085b',
  'half \ud83c',
  'a'.repeat(1_025),
  'é'.repeat(513),
  '.incoming/a',
  '.Incoming',
])('%j is not a key', (text) => {
  expect(isStoreKey(text)).toBe(false);
  expect(() => parseStoreKey(text)).toThrow(expect.toSatisfy((error) => isDarkroomError(error, 'store/invalid-key')));
});

test('keys are ordered by their UTF-8 bytes', () => {
  const keys = ['a.b', 'a/b', 'a0', 'a\u{ff5e}', 'a\u{1f3d4}'];
  expect(keys.toReversed().sort(compareStoreKeys)).toEqual(keys);
});
