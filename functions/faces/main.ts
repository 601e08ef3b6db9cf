import { receive } from '#shared/events/receive.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import type { EventFunction } from '#shared/platform/platform.ts';

export const fn: EventFunction = {
  name: 'faces',
  create(platform) {
    const relay = createRelay(platform);
    return receive(['photos.darkroom.asset.rendered.v1'], platform.log, async ({ data }, signal) => {
      const run = { stage: 'faces', recipe: 'none', assetId: data.assetId } as const;
      const outcome = await runStage(platform, run, signal, () =>
        Promise.resolve({ state: 'unsupported', reason: 'Faces are not looked for yet' }),
      );
      relay.kick();
      return outcome;
    });
  },
};
