import { expect, test } from 'vitest';
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts';

test.each(['a/b.jpg', 'Grüße 100% "schön"', '📷', 'a%20b', '', 'tab\tnewline\n'])(
  '%j is decoded after encoding unchanged',
  (text) => {
    const sent = encodeHeaderValue(text);
    expect(sent).toMatch(/^[\u0021-\u007e]*$/);
    expect(new Headers({ 'ce-subject': sent }).get('ce-subject')).toBe(sent);
    expect(decodeHeaderValue(sent)).toBe(text);
  },
);

test('malformed percent-encoding is returned unchanged', () => {
  expect(decodeHeaderValue('100%')).toBe('100%');
});
