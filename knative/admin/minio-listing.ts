import { confirmMissing, findListing } from '#shared/db/queries/bucket-listing.ts';
import type { BucketListing } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { hasFlag, refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  options: { confirm: { type: 'boolean' } },
  async run(ports, input) {
    refuseArguments(input);
    const bucket = ports.config.DARKROOM_MINIO_BUCKET;
    const db = await ports.openDb();
    if (hasFlag(input, 'confirm') && !(await confirmMissing(db, bucket)))
      throw new DarkroomError('input/invalid', `No listing of ${bucket} has halted: there is nothing to confirm`);
    const listing = await findListing(db, bucket);
    return { text: tell(bucket, listing), json: { bucket, ...(listing === undefined ? {} : toJson(listing)) } };
  },
};

function tell(bucket: string, listing: BucketListing | undefined): string {
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
    `notifications that never came: ${listing.lostCreated} of new objects, ${listing.lostRemoved} of removed ones`,
  );
  if (listing.haltedReason !== null) {
    lines.push(`halted: ${listing.haltedReason}`);
    lines.push(
      listing.isConfirmed
        ? 'That was confirmed: the next listing takes those objects for removed.'
        : 'Nothing was taken for removed. If that is right, look at the bucket; if they are really gone, say --confirm.',
    );
  }
  return lines.join('\n');
}

function toJson({ notifiedAt, startedAt, objects, finishedAt, finishedObjects, ...rest }: BucketListing) {
  const { lostCreated, lostRemoved, haltedAt, haltedReason, isConfirmed } = rest;
  return {
    notifiedAt, startedAt, objects, finishedAt, finishedObjects, lostCreated, lostRemoved, haltedAt, haltedReason, isConfirmed,
  }; // prettier-ignore
}
