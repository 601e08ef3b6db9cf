import { eventTypes } from '#shared/events/event-types.ts';
import { receive } from '#shared/events/receive.ts';
import { findPlace } from '#shared/media/find-place.ts';
import type { Decoder } from '#shared/media/decoder.ts';
import { readMetadata } from '#shared/media/read-metadata.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { metadataRecipe, readAsset } from './metadata.ts';

export const fn: EventFunction = {
  name: 'metadata',
  create(platform) {
    const relay = createRelay(platform);
    // Loaded on demand, since pictures of phones do not need sharp.
    const readShape: Decoder['readShape'] = async (...file) =>
      (await import('#shared/media/decoder.ts')).createDecoder(platform.config).readShape(...file);
    const ports = { ...platform, readMetadata, readShape, findPlace };
    return receive([eventTypes.assetCreated], platform.log, async ({ data }, signal) => {
      const run = { stage: 'metadata', recipe: metadataRecipe, assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, (asset, _, attempt) => readAsset(ports, asset, attempt));
      relay.kick();
      return outcome;
    });
  },
};
