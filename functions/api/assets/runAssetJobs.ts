import { openStage } from '#shared/db/queries/asset-stage.ts';
import { redriveStages } from '#shared/db/queries/stage-queue.ts';
import type { Stage } from '#shared/db/tables.ts';
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

/** Has one stage done again for some assets. */
export async function runAssetJobs(context: RequestContext, { assetIds, name }: BodyOf<'runAssetJobs'>): Promise<void> {
  await requireAccess(context, 'asset.update', assetIds);
  const { db, relay } = context.ports;
  const stage = stageOf[name];
  for (const assetId of assetIds) {
    await openStage(db, { assetId, stage }, 'pending');
    await redriveStages(db, stage, ['done', 'failed', 'unsupported'], assetId);
  }
  relay.kick();
}
