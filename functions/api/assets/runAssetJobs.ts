import { redoStage } from '#shared/stages/stage-queue.ts';
import { isServed } from '#shared/stages/stage-graph.ts';
import type { Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

type JobName = BodyOf<'runAssetJobs'>['name'];

const stageOf = {
  'refresh-metadata': 'metadata',
  'regenerate-thumbnail': 'thumbnail',
  'refresh-faces': 'faces',
  'transcode-video': 'transcode',
} as const satisfies Record<JobName, Stage>;

/** Has one stage done again for those of the assets that have it. @throws operation/not-yet if nobody serves the stage */
export async function runAssetJobs(context: RequestContext, { assetIds, name }: BodyOf<'runAssetJobs'>): Promise<void> {
  await requireAccess(context, 'asset.update', assetIds);
  const { db, relay } = context.ports;
  const stage = stageOf[name];
  if (!isServed(stage))
    throw new DarkroomError('operation/not-yet', `${name} cannot be run: videos are not converted yet`);
  await redoStage(db, stage, assetIds);
  relay.kick();
}
