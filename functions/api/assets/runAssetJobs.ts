import { z } from 'zod';
import type { Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isServed } from '#shared/stages/stage-graph.ts';
import { redoStage } from '#shared/stages/stage-queue.ts';
import { idList } from '../http/fields.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';

const stageOf = {
  'refresh-metadata': 'metadata',
  'regenerate-thumbnail': 'thumbnail',
  'refresh-faces': 'faces',
  'transcode-video': 'transcode',
} as const satisfies Record<JobName, Stage>;

const assetJobsBody = z.object({
  assetIds: idList,
  name: z.enum(['refresh-faces', 'refresh-metadata', 'regenerate-thumbnail', 'transcode-video']),
}) satisfies z.ZodType<BodyOf<'runAssetJobs'>>;

type JobName = BodyOf<'runAssetJobs'>['name'];

/** Runs one stage again for the given assets that have it. @throws operation/not-implemented if no function serves the stage */
export const runAssetJobs = operation('runAssetJobs', {
  method: 'POST',
  path: '/assets/jobs',
  auth: 'user',
  permission: 'job.create',
  status: 204,
  body: assetJobsBody,
  handler: async (context, { body: { assetIds, name } }) => {
    await requireAccess(context, 'asset.update', assetIds);
    const { db, relay } = context.ports;
    const stage = stageOf[name];
    if (!isServed(stage))
      throw new DarkroomError('operation/not-implemented', `${name} cannot be run: videos are not converted yet`);
    await redoStage(db, stage, assetIds);
    relay.kick();
  },
});
