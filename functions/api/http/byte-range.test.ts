import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

test.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-500', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-500', { start: 0, end: 99 }],
  ['bytes = 1 - 2', { start: 1, end: 2 }],
])('%s of 100 bytes', (header, range) => {
  expect(parseByteRange(header, 100)).toEqual(range);
});

test.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b'])(
  '%s requests the whole object',
  (header) => {
    expect(parseByteRange(header, 100)).toBeUndefined();
  },
);

test.each([
  ['bytes=100-', 100],
  ['bytes=-0', 100],
  ['bytes=0-', 0],
])('%s of %d bytes cannot be served', (header, size) => {
  expect(() => parseByteRange(header, size)).toThrow(expect.objectContaining({ code: 'range/not-satisfiable' }));
});
