import { expect, test } from 'vitest';
import { formatWithOffset } from './format-date.ts';

test.each([
  ['2012-08-05T11:39:59.000Z', '2012-08-05T11:39:59+00:00'],
  ['2012-08-05T11:39:50.000Z', '2012-08-05T11:39:50+00:00'],
  ['2012-08-05T11:00:00.000Z', '2012-08-05T11:00:00+00:00'],
  ['2012-08-05T11:39:59.120Z', '2012-08-05T11:39:59.12+00:00'],
  ['2012-08-05T11:39:59.007Z', '2012-08-05T11:39:59.007+00:00'],
])('%s is written %s', (given, written) => {
  expect(formatWithOffset(new Date(given))).toBe(written);
});
