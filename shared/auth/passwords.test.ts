import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password matches its own hash only', async () => {
  const hash = await hashPassword('pässword');
  expect(hash).toMatch(/^\$2[aby]\$10\$/);
  expect(await verifyPassword('pässword', hash)).toBe(true);
  expect(await verifyPassword('password', hash)).toBe(false);
});

test('72 bytes are accepted, one more is refused', async () => {
  expect(await verifyPassword('é'.repeat(36), await hashPassword('é'.repeat(36)))).toBe(true);
  await expect(hashPassword(`${'é'.repeat(36)}x`)).rejects.toMatchObject({ code: 'input/invalid' });
});

test('no password matches an account without one, and the check takes as long as for a wrong password', async () => {
  const hash = await hashPassword('password');
  const time = async (stored: string | null) => {
    const startMs = performance.now();
    expect(await verifyPassword('wrong', stored)).toBe(false);
    return performance.now() - startMs;
  };
  await time(hash);
  expect(await time(null)).toBeGreaterThan((await time(hash)) / 4);
});

test('hashing does not block the main thread', async () => {
  const hash = await hashPassword('password');
  const processBefore = process.cpuUsage();
  const threadBefore = process.threadCpuUsage();
  await Promise.all(Array.from({ length: 12 }, () => verifyPassword('wrong', hash)));
  const all = process.cpuUsage(processBefore);
  const own = process.threadCpuUsage(threadBefore);
  expect((own.user + own.system) / (all.user + all.system)).toBeLessThan(0.25);
});

test('of many concurrent checks two run, sixteen wait and the others are refused at once', async () => {
  const hash = await hashPassword('password');
  const answers = await Promise.allSettled(Array.from({ length: 32 }, () => verifyPassword('password', hash)));
  const refused = answers.filter((it) => it.status === 'rejected');
  expect(refused).toHaveLength(14);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' });
  expect(answers.filter((it) => it.status === 'fulfilled' && it.value)).toHaveLength(18);
  expect(await verifyPassword('password', hash)).toBe(true);
});
