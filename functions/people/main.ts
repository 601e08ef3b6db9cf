import { eventTypes } from '#shared/events/event-types.ts';
import { receive } from '#shared/events/receive.ts';
import { getModelSet } from '#shared/faces/model-set.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { findPeople, makePortraits, type CrowdedOwners, type PortraitPorts } from './people.ts';

export const fn: EventFunction = {
  name: 'people',
  create(platform) {
    const relay = createRelay(platform);
    const set = getModelSet(platform.config.DARKROOM_MODEL_SET);
    /** Loads sharp on demand, since few events make a portrait. */
    const cropFace: PortraitPorts['cropFace'] = async (...face) =>
      (await import('#shared/media/decoder.ts')).createDecoder(platform.config).cropFace(...face);
    const crowded: CrowdedOwners = new Set();
    const recipe = `people-1:${set.name}`;
    return receive([eventTypes.facesEmbedded], platform.log, async ({ data }, signal) => {
      const run = { stage: 'people', recipe, assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, (asset) => findPeople(platform.db, asset, set, crowded));
      await makePortraits({ ...platform, cropFace }, data.ownerId);
      relay.kick();
      return outcome;
    });
  },
};
