import { eventTypes } from '#shared/events/event-types.ts';
import { receive } from '#shared/events/receive.ts';
import { thumbnailRecipe } from '#shared/media/pixel-sizes.ts';
import { createDecoder } from '#shared/media/decoder.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { makeThumbnail } from './thumbnail.ts';

export const fn: EventFunction = {
  name: 'thumbnail',
  create(platform) {
    const relay = createRelay(platform);
    const ports = {
      store: platform.store,
      renderImage: createDecoder(platform.config).renderImage,
      inputPixelsMax: platform.config.DARKROOM_MAX_PIXELS,
      missingPercentMax: platform.config.DARKROOM_MISSING_PERCENT,
      looksForFaces: platform.config.DARKROOM_FACES,
    };
    return receive([eventTypes.assetDescribed], platform.log, async ({ data }, signal) => {
      const run = { stage: 'thumbnail', recipe: thumbnailRecipe, assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, (...attempt) => makeThumbnail(ports, ...attempt));
      relay.kick();
      return outcome;
    });
  },
};
