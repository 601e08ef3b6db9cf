import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { createExclusion } from './exclusion.ts';

test.each<[pattern: string, excluded: string[], kept: string[]]>([
  [
    '**/Raw/**',
    ['/mnt/Raw', '/mnt/raw/a.jpg', '/mnt/x/Raw/y/z', 'Raw/a'],
    ['/mnt/Rawness/a', '/mnt/aRaw/a', '/mnt/raw.jpg'],
  ],
  ['**/*.tif', ['/mnt/a.tif', '/a.TIF', '/mnt/x/.tif.tif'], ['/mnt/a.tiff', '/mnt/a.tif/b.jpg']],
  ['/mnt/private/*', ['/mnt/private/a.jpg', '/mnt/private/b'], ['/mnt/private', '/mnt/private/b/a.jpg']],
  ['/mnt/**', ['/mnt', '/mnt/a', '/mnt/a/b'], ['/mntx', '/x/mnt/a']],
  ['**', ['/a', '/a/b'], []],
  ['/a/**/b.jpg', ['/a/b.jpg', '/a/x/b.jpg', '/a/x/y/b.jpg'], ['/a/xb.jpg', '/ab.jpg']],
  ['**/IMG_????.jpg', ['/x/IMG_0001.jpg'], ['/x/IMG_001.jpg', '/x/IMG_00/1.jpg']],
  ['**/[0-9]*', ['/x/1a', '/x/9'], ['/x/a1']],
  ['**/[!0-9]*.jpg', ['/x/a.jpg'], ['/x/1.jpg', '/x/1/.jpg']],
  ['**/{tmp,cache}/**', ['/x/tmp/a', '/x/cache/b'], ['/x/tmp1/a']],
  ['**/a{1,2{x,y}}.jpg', ['/a1.jpg', '/a2x.jpg', '/a2y.jpg'], ['/a2.jpg', '/a{1.jpg']],
  ['**/\\*.jpg', ['/x/*.jpg'], ['/x/a.jpg']],
  ['**/[a.jpg', ['/x/[a.jpg'], ['/x/a.jpg']],
  ['**/{a}.jpg', ['/x/{a}.jpg'], ['/x/a.jpg']],
  ['**/._*', ['/x/._a.jpg'], ['/x/a._b.jpg', '/x/.a']],
  ['**/a**b', ['/x/a1b', '/x/ab'], ['/x/a/b']],
  ['**/übung/**', ['/x/u\u0308bung/a.jpg', '/x/ÜBUNG/a'], ['/x/ubung/a']],
  ['*.jpg', ['a.jpg'], ['/x/a.jpg']],
])('%s', (pattern, excluded, kept) => {
  const isExcluded = createExclusion([pattern]);
  expect(excluded.filter((path) => !isExcluded(path))).toEqual([]);
  expect(kept.filter(isExcluded)).toEqual([]);
});

test('a path is excluded if one of several patterns matches; without patterns nothing is', () => {
  const isExcluded = createExclusion(['**/a', '', '**/b']);
  expect([isExcluded('/a'), isExcluded('/b'), isExcluded('/c'), isExcluded('/')]).toEqual([true, true, false, false]);
  expect(createExclusion([])('/a')).toBe(false);
  expect(createExclusion([''])('')).toBe(false);
});

test.each([
  '**/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b',
  '**/**/**/**/**/**/**/**/**/**/x',
  '**/' + '*?'.repeat(200),
  '[a-'.repeat(200),
])('a pattern that makes backtracking matchers explode is matched in linear time: %s', (pattern) => {
  const isExcluded = createExclusion([pattern]);
  const path = `/${'a'.repeat(120)}/`.repeat(8) + 'a'.repeat(120);
  const start = performance.now();
  isExcluded(path);
  expect(performance.now() - start).toBeLessThan(500);
});

test('braces that expand to too many patterns are refused', () => {
  expect(() => createExclusion(['{a,b}'.repeat(30)])).toThrow(expect.objectContaining({ code: 'input/invalid' }));
});
