import { receive } from '#shared/events/receive.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import type { EventFunction } from '#shared/platform/platform.ts';

export const fn: EventFunction = {
  name: 'people',
  create(platform) {
    const relay = createRelay(platform);
    return receive(['photos.darkroom.faces.embedded.v1'], platform.log, async ({ data }, signal) => {
      const run = { stage: 'people', recipe: 'none', assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, () =>
        Promise.resolve({ state: 'unsupported', reason: 'People are not told apart yet' }),
      );
      relay.kick();
      return outcome;
    });
  },
};
