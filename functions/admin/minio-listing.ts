import { listWatched } from '#shared/scans/watched-buckets.ts';
import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import { approveMissing, findListing } from '#shared/scans/bucket-listing.ts';
import type { BucketListing } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { findOption, hasFlag, refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  options: { approve: { type: 'boolean' }, bucket: { type: 'string' } },
  async run(ports, input) {
    refuseArguments(input);
    const buckets = chooseBuckets(ports.config, findOption(input, 'bucket'));
    const db = await ports.openDb();
    if (hasFlag(input, 'approve')) await approve(db, buckets);
    const listings = [];
    for (const bucket of buckets) listings.push({ bucket, listing: await findListing(db, bucket) });
    return {
      text: listings.map(({ bucket, listing }) => formatListing(bucket, listing)).join('\n\n'),
      json: listings.map(({ bucket, listing }) => ({ bucket, ...(listing === undefined ? {} : toJson(listing)) })),
    };
  },
};

/** @throws input/invalid if the bucket is not watched */
function chooseBuckets(config: Config, chosen: string | undefined): string[] {
  const watched = listWatched(config, { kind: 'minio' }).map(({ bucket }) => bucket);
  if (watched.length === 0)
    throw new DarkroomError(
      'input/invalid',
      'No bucket is watched: DARKROOM_STORE is folder, DARKROOM_WATCH_BUCKET not set',
    );
  if (chosen === undefined) return watched;
  if (!watched.includes(chosen)) throw new DarkroomError('input/invalid', `--bucket is one of ${watched.join(', ')}`);
  return [chosen];
}

async function approve(db: Db, buckets: readonly string[]): Promise<void> {
  let approved = 0;
  for (const bucket of buckets) if (await approveMissing(db, bucket)) approved += 1;
  if (approved === 0)
    throw new DarkroomError(
      'input/invalid',
      `No listing of ${buckets.join(', ')} has halted: there is nothing to approve`,
    );
}

function formatListing(bucket: string, listing: BucketListing | undefined): string {
  const ago = (at: Date | null | undefined) => (at ? `${formatAge(at)} ago` : 'never');
  const lines = [
    `bucket: ${bucket}`,
    `last notification: ${ago(listing?.notifiedAt)}`,
    `last listing: ${ago(listing?.finishedAt)}${listing?.finishedObjects ? `, ${listing.finishedObjects} objects` : ''}`,
  ];
  if (listing === undefined) return lines.join('\n');
  if (listing.startedAt !== null)
    lines.push(`under way: since ${formatAge(listing.startedAt)}, ${listing.objects} objects so far`);
  lines.push(
    `notifications that were lost: ${listing.lostCreated} of new objects, ${listing.lostRemoved} of removed ones`,
  );
  if (listing.haltedReason !== null) {
    lines.push(`halted: ${listing.haltedReason}`);
    lines.push(
      listing.isConfirmed
        ? 'Approved: the next listing treats the missing objects as removed.'
        : 'No object is treated as removed. Check the bucket; if the objects are really gone, run this with --approve.',
    );
  }
  return lines.join('\n');
}

function toJson({ notifiedAt, startedAt, objects, finishedAt, finishedObjects, ...rest }: BucketListing) {
  const { lostCreated, lostRemoved, haltedAt, haltedReason, isConfirmed: isApproved } = rest;
  return {
    notifiedAt,
    startedAt,
    objects,
    finishedAt,
    finishedObjects,
    lostCreated,
    lostRemoved,
    haltedAt,
    haltedReason,
    isApproved,
  };
}
