import { expect, test } from 'vitest';
import { deterministicId, isUuid, newId } from './ids.ts';

test('the same parts give the same id, and the boundaries of parts matter', () => {
  expect(deterministicId('a', 'b')).toBe(deterministicId('a', 'b'));
  expect(deterministicId('a', 'b')).toMatch(/^[0-9a-f]{64}$/);
  const different = [
    deterministicId('ab'),
    deterministicId('a', 'b'),
    deterministicId('', 'ab'),
    deterministicId('a', 'b', ''),
    deterministicId('b', 'a'),
  ];
  expect(new Set(different).size).toBe(different.length);
});

test("new ids are UUIDs of version 4, which Immich's clients check", () => {
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isUuid(newId())).toBe(true);
  for (const text of ['', 'x', `${newId()} `, newId().slice(1)]) expect(isUuid(text)).toBe(false);
});
