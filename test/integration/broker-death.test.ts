import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLocalFunctions } from '#knative/local/local-functions.ts';
import { readTopology } from '#knative/local/topology.ts';
import { parseConfig } from '#shared/config/config.ts';
import { createPublish } from '#shared/events/publish.ts';
import { silentLog } from '#shared/log/log.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { environmentSettings } from '#shared/platform/environment-settings.ts';
import { createSettingsReader } from '#shared/settings/settings.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { openGuardedStore } from '#test/support/guarded-store.ts';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { countStatesOf } from '#test/support/many-photos.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './db/both-databases.ts';

const count = 12;
/** The maximum time to recovery, whatever the broker lost. */
const aimMs = 120_000;
const programs = new URL('../support/', import.meta.url);

onBothDatabases('a broker that is killed with events in it', (getDb) => {
  test('costs no photo, without a manual action', { timeout: 240_000 }, async () => {
    const db = getDb();
    await using resources = new AsyncDisposableStack();
    const folder = resources.use(await mkdtempDisposable(join(tmpdir(), 'darkroom-broker-')));
    const config = parseConfig({ DARKROOM_STORE_PATH: join(folder.path, 'files'), DARKROOM_FACES: 'false' });
    const { store, identity } = await openGuardedStore(config, { db, log: silentLog });
    resources.use(store);
    await identity.require('deciding');
    const startBroker = async () => {
      const env = { ...process.env, SOCKETS: folder.path };
      const child = fork(new URL('broker-process.ts', programs), { env });
      resources.defer(() => void child.kill('SIGKILL'));
      const [url] = (await once(child, 'message')) as [string];
      return { child, send: createPublish({ sink: url }) };
    };
    let broker = await startBroker();
    const ending = new AbortController();
    const accepted = Promise.withResolvers<void>();
    const platform: Platform = {
      db,
      store,
      identity,
      config,
      log: silentLog,
      settings: createSettingsReader(db, environmentSettings(config)),
      holder: 'test',
      signal: ending.signal,
      publish: async (events, options) => {
        await broker.send(events, options);
        if (events.length > 0) accepted.resolve();
      },
    };
    const { services } = await readTopology(join(import.meta.dirname, '../../knative'));
    const functions = createLocalFunctions(services, folder.path, () => platform);
    for (const name of ['metadata', 'thumbnail']) await functions.locate(`darkroom-${name}`);
    const relay = createRelay(platform);
    resources.defer(async () => {
      await relay.end();
      await functions.drain(5000);
      ending.abort();
    });

    const owner = await addUser(db);
    const photos = await makeCameraPhotos(join(folder.path, 'photos'), count, { megapixels: 0.3, seed: 21 });
    for (const { path } of photos) {
      const { id } = await addAsset(db, owner);
      const { originalPath } = await db
        .selectFrom('asset')
        .select('originalPath')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      await store.put(originalPath, await readFile(path));
    }
    relay.kick();
    await accepted.promise;
    broker.child.kill('SIGKILL');
    await once(broker.child, 'exit');
    const held = [await countStatesOf(db, 'metadata'), await countStatesOf(db, 'thumbnail')];
    broker = await startBroker();
    const started = performance.now();
    const whole = async () => (await countStatesOf(db, 'thumbnail')).done ?? 0;
    await expect.poll(whole, { timeout: aimMs, interval: 250 }).toBe(count);
    const tookMs = performance.now() - started;
    console.log(`whole ${Math.round(tookMs / 1000)} s after a kill with ${JSON.stringify(held)}`);
    expect(held.reduce((sum, it) => sum + (it.queued ?? 0), 0)).toBeGreaterThan(0);
    // No request was sent and no time was shifted: the app found lost work by itself.
    expect(tookMs).toBeLessThan(aimMs);
  });
});
