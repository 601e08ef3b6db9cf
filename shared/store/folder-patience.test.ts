import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FolderPatience } from './folder-patience.ts';

const away = expect.objectContaining({ code: 'store/unavailable', retry: true }) as unknown;

test('what answers in time is passed on, errors too', async () => {
  const patience = new FolderPatience(1_000);
  expect(await patience.wait('/a', () => Promise.resolve(1))).toBe(1);
  await expect(patience.wait('/a', () => Promise.reject(new RangeError('x')))).rejects.toThrow(RangeError);
});

test('a folder that does not answer is not asked again before it has, and others are', async () => {
  const patience = new FolderPatience(20);
  const { promise, resolve } = Promise.withResolvers<number>();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return promise;
  };
  await expect(patience.wait('/a', ask)).rejects.toEqual(away);
  await expect(patience.wait('/a', ask)).rejects.toEqual(away);
  expect(asked).toBe(1);
  expect(await patience.wait('/b', () => Promise.resolve(2))).toBe(2);
  resolve(1);
  await setTimeout(0);
  expect(await patience.wait('/a', ask)).toBe(1);
});

test('a late failure ends the silence and is nobody’s', async () => {
  const patience = new FolderPatience(20);
  const { promise, reject } = Promise.withResolvers<number>();
  await expect(patience.wait('/a', () => promise)).rejects.toEqual(away);
  reject(new Error('at last'));
  await setTimeout(0);
  expect(await patience.wait('/a', () => Promise.resolve(3))).toBe(3);
});
