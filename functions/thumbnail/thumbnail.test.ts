import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage } from '#shared/stages/asset-stage.ts';
import { findAsset } from '#shared/assets/asset.ts';
import { wakeEvent } from '#shared/pipeline/stage-events.ts';
import { fixture } from '#test/fixtures/index.ts';
import { writePngBomb } from '#test/fixtures/png-bomb.ts';
import { watchChildren } from '#test/support/child-processes.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
let ownerId: string;
beforeAll(async () => {
  platform = await openTestPlatform({ DARKROOM_DECODE_MEMORY_MIB: '300' });
  ownerId = await addUser(platform.db);
}, 60_000);
afterAll(() => platform[Symbol.asyncDispose]());

async function add(path: string): Promise<string> {
  const { id } = await addAsset(platform.db, ownerId);
  const asset = await findAsset(platform.db, id);
  await platform.store.put(asset?.originalPath ?? '', await readFile(path));
  await openStage(platform.db, { assetId: id, stage: 'thumbnail' }, 'queued');
  return id;
}

async function run(assetId: string) {
  const wake = wakeEvent('thumbnail', { assetId, ownerId, assetType: 'IMAGE' }, 'test');
  const { status } = await deliver(await fn.create(platform), wake);
  expect(status).toBeLessThan(300);
  return await platform.db
    .selectFrom('asset_stage')
    .select(['state', 'reason', 'attempts'])
    .where('assetId', '=', assetId)
    .where('stage', '=', 'thumbnail')
    .executeTakeFirst();
}

test('a picture that needs too much memory fails at once, and another one at the same time succeeds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-thumbnail-'));
  const path = join(folder, 'bomb.png');
  await writePngBomb(path, { edgePixels: 12_200, bitDepth: 16, colorType: 'rgb', interlaced: true });
  const [bomb, photo] = [await add(path), await add((await fixture('phone-jpeg')).path)];
  const [failed, made] = await Promise.all([run(bomb), run(photo)]);
  expect(failed).toMatchObject({ state: 'failed', attempts: 0, reason: expect.stringContaining('300 MiB') as string });
  expect(made).toMatchObject({ state: 'done', reason: null });
  await rm(folder, { recursive: true });
}, 60_000);

test('a picture whose last attempt ended its process is decoded in a child process', async () => {
  const photo = await add((await fixture('phone-jpeg')).path);
  await platform.db.updateTable('asset_stage').set({ attempts: 1 }).where('assetId', '=', photo).execute();
  const { result, peakMebibytes } = await watchChildren(() => run(photo));
  expect(result).toMatchObject({ value: { state: 'done', attempts: 0 } });
  expect(peakMebibytes).toBeGreaterThan(10);
}, 60_000);

test('a picture without its last bytes is done, with a reason', async () => {
  const photo = await add((await fixture('jpeg-without-eoi')).path);
  expect(await run(photo)).toMatchObject({ state: 'done', reason: 'The file ends before its picture does' });
}, 60_000);
