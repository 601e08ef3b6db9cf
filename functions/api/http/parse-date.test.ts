import { expect, test } from 'vitest';
import { parseDate, parseLocalDate } from './parse-date.ts';

test.each([
  ['2024-02-29T10:11:12.345Z', '2024-02-29T10:11:12.345Z'],
  ['2024-02-29T10:11:12+02:00', '2024-02-29T08:11:12.000Z'],
  ['2024-02-29T10:11:12-0530', '2024-02-29T15:41:12.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-29T10:11', '2024-02-29T10:11:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['2024-06-01T10:11:12.123456789Z', '2024-06-01T10:11:12.123Z'],
])('%s is %s', (text, iso) => {
  expect(parseDate(text)?.toISOString()).toBe(iso);
});

test.each([
  '',
  ' ',
  '1e9',
  '2024',
  '2024-13-01',
  '2023-02-29',
  '2024-02-30T00:00:00Z',
  '0000-01-01',
  '2024-01-01T24:00:00Z',
  '2024-01-01T10:60Z',
  '2024-01-01T10:00:00+1',
  'yesterday',
  '2024-1-1',
  '1714979289123',
])('"%s" is not a date', (text) => {
  expect(parseDate(text)).toBeUndefined();
});

test('the wall time is the one in the text, whatever the zone', () => {
  expect(parseLocalDate('2024-05-06T23:30:00+09:00')?.local.toISOString()).toBe('2024-05-06T23:30:00.000Z');
});
