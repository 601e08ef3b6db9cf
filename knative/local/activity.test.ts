import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createActivity } from './activity.ts';

test('is idle when nothing was under way for the whole time', async () => {
  let idle = 0;
  const activity = createActivity(60, () => (idle += 1));
  const [first, second] = [activity.begin(), activity.begin()];
  await sleep(150);
  first();
  first();
  await sleep(150);
  expect(activity.isBusy).toBe(true);
  expect(idle).toBe(0);
  second();
  await sleep(30);
  expect(idle).toBe(0);
  await sleep(100);
  expect(idle).toBe(1);
  await sleep(150);
  expect(idle).toBe(1);
});

test('a touch restarts the time, and after `end` nothing is reported', async () => {
  let idle = 0;
  const activity = createActivity(100, () => (idle += 1));
  await sleep(60);
  activity.touch();
  await sleep(60);
  expect(idle).toBe(0);
  await expect.poll(() => idle).toBe(1);
  activity.touch();
  activity.end();
  await sleep(150);
  expect(idle).toBe(1);
});
