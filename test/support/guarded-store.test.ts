import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTransaction } from '#shared/db/transaction.ts';
import { openFolderStore } from '#shared/store/folder-store.ts';
import type { Store } from '#shared/store/store.ts';
import { createEmbeddedDb } from './embedded-db.ts';
import { guardStore } from './guarded-store.ts';

test('a guarded store works outside of transactions, and throws inside of them at any call depth', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-guarded-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const store = guardStore(stack.use(await openFolderStore(folder)));
  const { db } = stack.use(await createEmbeddedDb());
  const writer = await store.createWriter('b');
  const calls: [name: string, call: (store: Store) => Promise<unknown>][] = [
    ['put', (it) => it.put('a', Buffer.from('a'))],
    ['find', (it) => it.find('a')],
    ['read', async (it) => (await it.read('a')).destroy()],
    ['list', (it) => Array.fromAsync(it.list(''))],
    ['toLocalFile', async (it) => await (await it.toLocalFile('a'))[Symbol.asyncDispose]()],
    ['delete', (it) => it.delete('a')],
    ['commit', () => writer.commit()],
  ];
  const within = (call: () => Promise<unknown>) =>
    inTransaction(db, async () => {
      await setImmediate();
      await call();
    });
  for (const [name, call] of calls) {
    await expect(
      within(() => call(store)),
      name,
    ).rejects.toThrow(/within a transaction/);
    await call(store);
  }
});
