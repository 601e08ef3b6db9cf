import { eventTypes } from '#shared/events/event-types.ts';
import { join } from 'node:path';
import { receive } from '#shared/events/receive.ts';
import { openFaceEngine, type FaceEngine } from '#shared/faces/face-engine.ts';
import { ensureModels } from '#shared/faces/fetch-models.ts';
import { getModelSet, pinModelFiles } from '#shared/faces/model-set.ts';
import { createDecoder } from '#shared/media/decoder.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage, type StageResult } from '#shared/pipeline/run-stage.ts';
import type { EventFunction, Platform } from '#shared/platform/platform.ts';
import { findFaces } from './faces.ts';

const switchedOff: StageResult = { state: 'unsupported', reason: 'Faces are switched off (DARKROOM_FACES=false)' };

export const fn: EventFunction = {
  name: 'faces',
  create(platform) {
    const relay = createRelay(platform);
    const { config } = platform;
    const set = getModelSet(config.DARKROOM_MODEL_SET);
    const recipe = config.DARKROOM_FACES ? `${set.name}-${set.version}` : 'off';
    const openEngine = createEngineOpener(platform);
    const ports = {
      ...platform,
      decodeRgb: createDecoder(config).decodeRgb,
      modelSet: set.name,
      detectAndEmbed: async (...[image, signal]: Parameters<FaceEngine['detectAndEmbed']>) =>
        (await openEngine()).detectAndEmbed(image, signal),
    };
    return receive([eventTypes.assetRendered], platform.log, async ({ data }, signal) => {
      const run = { stage: 'faces', recipe, assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, async (...attempt) =>
        config.DARKROOM_FACES ? findFaces(ports, ...attempt) : switchedOff,
      );
      relay.kick();
      return outcome;
    });
  },
};

/** The pause after a failed download, so that an unreachable registry is not asked for every photo of an import. */
const askAgainMs = 300_000;

/** Fetches and opens the models once, when the first photo needs them; a later photo tries again after a failure. */
function createEngineOpener({ config, log, signal }: Platform): () => Promise<FaceEngine> {
  const known = getModelSet(config.DARKROOM_MODEL_SET);
  const hashes = config.DARKROOM_MODEL_SHA256;
  const set = hashes === undefined ? known : pinModelFiles(known, hashes);
  const folder = config.DARKROOM_MODELS ?? join(config.DARKROOM_DATA, 'models');
  const open = async () => {
    const modelFolder = await ensureModels(set, folder, {
      signal,
      userSource: config.DARKROOM_MODEL_SOURCE,
      onProgress: (progress) => log.info(progress, 'face models'),
    });
    const engine = openFaceEngine({ set, folder: modelFolder });
    signal.addEventListener('abort', () => void engine[Symbol.asyncDispose](), { once: true });
    return engine;
  };
  let opening: Promise<FaceEngine> | undefined;
  let failedAtMs: number | undefined;
  return () => {
    if (failedAtMs !== undefined && performance.now() - failedAtMs > askAgainMs)
      [opening, failedAtMs] = [undefined, undefined];
    opening ??= open().catch((error: unknown) => {
      failedAtMs = performance.now();
      throw error;
    });
    return opening;
  };
}
