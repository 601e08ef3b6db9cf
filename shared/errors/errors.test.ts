import { expect, test } from 'vitest';
import { DarkroomError, errorTable, isDarkroomError, toDarkroomError, toLine, toProblem } from './errors.ts';

test('every code has a status, a retry flag and a title', () => {
  for (const [code, { status, retry, title }] of Object.entries(errorTable)) {
    expect(code).toMatch(/^[a-z]+(?:\/[a-z-]+)?$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toBe('');
    // Temporary statuses must be retryable, except db/schema-newer.
    if (status === 503 || status === 429) expect({ code, retry }).toEqual({ code, retry: code !== 'db/schema-newer' });
  }
});

test('an error is serialized as a problem document and as a line', () => {
  const error = new DarkroomError('store/full', 'No room for a.jpg');
  expect(toProblem(error)).toEqual({
    type: 'urn:darkroom:error:store/full',
    title: 'The store is full',
    status: 507,
    detail: 'No room for a.jpg',
    retry: true,
  });
  expect(toLine(error)).toBe('darkroom: No room for a.jpg (store/full)');
  expect(new DarkroomError('quota/exceeded').message).toBe('Quota has been exceeded!');
});

test('a foreign error is internal and keeps its cause', () => {
  const cause = new TypeError('x is not a function');
  const error = toDarkroomError(cause);
  expect(error).toMatchObject({ code: 'internal', message: 'x is not a function', cause });
  expect(toDarkroomError(error)).toBe(error);
  expect(isDarkroomError(error, 'internal')).toBe(true);
  expect(isDarkroomError(error, 'store/full')).toBe(false);
  expect(isDarkroomError(cause)).toBe(false);
});

test.each(['x', 'ü', '"', '\u0000', '😀'])('a problem document with %j has at most 768 bytes', (character) => {
  for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
    const problem = toProblem(new DarkroomError(code, `It begins so: ${character.repeat(5000)}`));
    expect(Buffer.byteLength(JSON.stringify(problem))).toBeLessThanOrEqual(768);
    expect(problem.detail).toMatch(/^It begins so: .*…$/s);
  }
});
