import { expect, test } from 'vitest';
import { CopyBudget } from './copy-budget.ts';

const mebibyte = 2 ** 20;

test('copies wait, first come first served, until there is room for them', async () => {
  const budget = new CopyBudget(10 * mebibyte);
  const order: string[] = [];
  const take = async (name: string, mebibytes: number) => {
    const giveBack = await budget.take(mebibytes * mebibyte, name);
    order.push(name);
    return giveBack;
  };
  const first = await take('first', 6);
  const large = take('large', 8);
  const small = take('small', 2);
  const sidecar = await take('sidecar', 1);
  expect(order).toEqual(['first', 'sidecar']);
  sidecar();
  first();
  first();
  const giveBackLarge = await large;
  await small;
  expect(order).toEqual(['first', 'sidecar', 'large', 'small']);
  const last = take('last', 9);
  giveBackLarge();
  (await small)();
  (await last)();
  expect(order.at(-1)).toBe('last');
});

test('an object larger than the budget is refused with both sizes', async () => {
  const budget = new CopyBudget(10 * mebibyte);
  await expect(budget.take(11 * mebibyte, 'library/ada/film.mov')).rejects.toMatchObject({
    code: 'store/too-large',
    retry: false,
    message: 'library/ada/film.mov takes 11 MiB, and at most 10 MiB are copied',
  });
});
