import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FolderTimeout } from './folder-timeout.ts';

const away = expect.objectContaining({ code: 'store/unavailable', retry: true }) as unknown;

test('a result or an error within the time limit is passed on', async () => {
  const timeout = new FolderTimeout(1_000);
  expect(await timeout.wait('/a', () => Promise.resolve(1))).toBe(1);
  await expect(timeout.wait('/a', () => Promise.reject(new RangeError('x')))).rejects.toThrow(RangeError);
});

test('a folder that does not answer is not called again until it has answered; other folders are', async () => {
  const timeout = new FolderTimeout(20);
  const { promise, resolve } = Promise.withResolvers<number>();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return promise;
  };
  await expect(timeout.wait('/a', ask)).rejects.toEqual(away);
  await expect(timeout.wait('/a', ask)).rejects.toEqual(away);
  expect(asked).toBe(1);
  expect(await timeout.wait('/b', () => Promise.resolve(2))).toBe(2);
  resolve(1);
  await setTimeout(0);
  expect(await timeout.wait('/a', ask)).toBe(1);
});

test('a late failure unblocks the folder and is not reported', async () => {
  const timeout = new FolderTimeout(20);
  const { promise, reject } = Promise.withResolvers<number>();
  await expect(timeout.wait('/a', () => promise)).rejects.toEqual(away);
  reject(new Error('at last'));
  await setTimeout(0);
  expect(await timeout.wait('/a', () => Promise.resolve(3))).toBe(3);
});
