import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '#functions/api/generated/operations.ts';
import { isBuilt, type OperationRow } from '#functions/api/http/operation.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';

const rows = Object.entries<OperationRow>(operations);

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

const urlOf = ({ path }: OperationRow) =>
  `/api${path.replaceAll(/:(\w+)/g, () => '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11')}`;

test('there are 276 operations, each with its own method and path', () => {
  expect(rows).toHaveLength(276);
  expect(new Set(rows.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(276);
});

test('17 operations are public, the others check credentials before anything else', async () => {
  expect(rows.filter(([, row]) => row.auth === 'public')).toHaveLength(17);
  for (const [id, row] of rows) {
    if (row.auth === 'public') continue;
    const response = await api.app.inject({ method: row.method, url: urlOf(row) });
    expect({ id, status: response.statusCode, body: response.json() }).toEqual({
      id,
      status: 401,
      body: { message: 'Authentication required' },
    });
  }
});

test('every operation answers, also without /api, and unimplemented ones with 501', async () => {
  for (const [id, row] of rows) {
    if (row.auth !== 'public') continue;
    for (const url of [urlOf(row), urlOf(row).replace('/api', '')]) {
      const { statusCode } = await api.app.inject({ method: row.method, url });
      expect({ id, isMissing: statusCode === 501 }).toEqual({ id, isMissing: !isBuilt(row) });
      expect(statusCode === 404 ? id : '').toBe('');
      if (isBuilt(row)) expect(statusCode).toBeLessThan(500);
    }
  }
});

test('the README has the number of implemented operations', () => {
  const built = rows.filter(([, row]) => isBuilt(row)).length;
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`${built} of 276 operations`);
});
