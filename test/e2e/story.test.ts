import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { isRunning, startDarkroom } from '#test/support/darkroom-process.ts';
import { describeWithFaceModels, testModelsFolder } from '#test/support/face-models.ts';
import { describeWithService, sharedMinio, sharedPostgres } from '#test/support/services.ts';
import { tellStory } from './story.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const start = async (env: Record<string, string> = {}) => {
  const darkroom = await startDarkroom({
    dataFolder: join(folder, 'data'),
    env: { DARKROOM_MODELS: testModelsFolder, ...env },
  });
  onTestFinished(() => darkroom.killAll());
  return darkroom;
};

await describeWithFaceModels('the main job', () => {
  test('embedded: the command line client uploads a folder, and every photo is complete', async () => {
    const darkroom = await start();
    await tellStory(darkroom.url, folder);
    const pids = await darkroom.listPids();
    expect(await darkroom.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

describeWithService('postgres', 'the main job on PostgreSQL', () => {
  describeWithService('minio', 'and MinIO', () => {
    test('the command line client uploads a folder, and every photo is complete', async () => {
      await using database = await (await sharedPostgres()).createDatabase();
      const minio = await sharedMinio();
      const darkroom = await start({
        DATABASE_URL: database.url,
        DARKROOM_STORE: 'minio',
        DARKROOM_MINIO_ENDPOINT: `http://${minio.endpoint}:${minio.port}`,
        DARKROOM_MINIO_ACCESS_KEY: minio.accessKey,
        DARKROOM_MINIO_SECRET_KEY: minio.secretKey,
        DARKROOM_MINIO_BUCKET: `story-${Date.now()}`,
      });
      await tellStory(darkroom.url, folder);
      await darkroom.stop();
    });
  });
});
