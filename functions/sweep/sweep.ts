import { beginRemoval, listAccountsToRemove } from '#shared/accounts/account.ts';
import { claimLostDeletions } from '#shared/assets/asset.ts';
import { assetDeleted } from '#shared/events/new-event.ts';
import { forgetDeletedLibraries } from '#shared/libraries/library.ts';
import { analyzeTables } from '#shared/db/maintenance.ts';
import { releaseAcknowledged, writeOutbox } from '#shared/outbox/outbox.ts';
import { deleteExpiredSessions } from '#shared/users/session.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { countRepairs } from '#shared/metrics/instruments.ts';
import { reclaimLost } from '#shared/pipeline/relay.ts';
import { removeAccount, restorableDays } from '#shared/accounts/remove-account.ts';
import { settleAbandonedUploads, type SettledUploads } from './abandoned-uploads.ts';
import { emptyExpiredTrash } from './empty-trash.ts';
import type { SweepPorts } from './sweep-ports.ts';
import { verifySlice } from './verify-slice.ts';

export interface SweepOptions {
  /** True if this process is the only one, as on a laptop: leases of others are then ignored. */
  isOnlyProcess?: boolean;
  isNightly?: boolean;
}

/** Counts of what a sweep repaired. */
export interface Repairs extends SettledUploads {
  stagesAnnouncedAgain: number;
  stagesGivenUp: number;
  objectsAnnouncedAgain: number;
  unfinishedFilesRemoved: number;
  deletionsAnnouncedAgain: number;
  trashEmptied: number;
  sessionsEnded: number;
  accountsRemoved: number;
}

const lostDeletionMs = 5 * 60_000;
const dayMs = 24 * 60 * 60 * 1000;
/** The time for each kind of deletion by day and by night; Knative ends a sweep after ten minutes. */
const [shareMs, nightlyShareMs] = [20_000, 80_000];

/**
 * Finds work that has not settled and announces it again, so that every photo converges whatever was lost. Deletions are
 * left out while the store is unreachable, or may be of another time than the database.
 */
export async function sweep(
  ports: SweepPorts,
  { isOnlyProcess = false, isNightly = false }: SweepOptions = {},
): Promise<Repairs> {
  const { db, holder } = ports;
  const onlyHolder = isOnlyProcess ? holder : undefined;
  const stages = await reclaimLost(ports, onlyHolder);
  const repairs = {
    stagesAnnouncedAgain: stages.pending,
    stagesGivenUp: stages.failed,
    objectsAnnouncedAgain: isOnlyProcess ? await releaseAcknowledged(db) : 0,
    sessionsEnded: isNightly ? await deleteExpiredSessions(db) : 0,
    ...((await mayDelete(ports, { isOnlyProcess, isNightly }))
      ? await removeWhatIsLeft(ports, { isOnlyProcess, isNightly })
      : nothingRemoved),
  };
  if (isNightly) {
    await analyzeTables(db);
    await verifySlice(ports, { endsAtMs: performance.now() + nightlyShareMs, signal: ports.signal });
  }
  ports.relay.kick();
  for (const [kind, found] of Object.entries(repairs)) if (found > 0) countRepairs(found, { kind });
  if (Object.values(repairs).some((it) => it > 0)) ports.log.info(repairs, 'sweep repaired');
  return repairs;
}

const nothingRemoved = {
  abandonedUploadsRemoved: 0,
  uploadsAdopted: 0,
  uploadsSetAside: 0,
  unfinishedFilesRemoved: 0,
  deletionsAnnouncedAgain: 0,
  trashEmptied: 0,
  accountsRemoved: 0,
};

async function mayDelete(
  { identity, log }: SweepPorts,
  { isOnlyProcess = false, isNightly = false }: SweepOptions,
): Promise<boolean> {
  if (!isOnlyProcess && !isNightly) return (await identity.findHold()) === undefined;
  try {
    return await identity.beginDeleting({ isFirst: isOnlyProcess });
  } catch (error) {
    if (!isDarkroomError(error, 'store/unavailable', 'store/full', 'resource/conflict')) throw error;
    log.warn({ err: error }, 'deletions of this sweep are skipped');
    return false;
  }
}

async function removeWhatIsLeft(
  ports: SweepPorts,
  { isOnlyProcess = false, isNightly = false }: SweepOptions,
): Promise<typeof nothingRemoved> {
  const { db, holder, signal } = ports;
  const onlyHolder = isOnlyProcess ? holder : undefined;
  const endsAtMs = () => performance.now() + (isNightly ? nightlyShareMs : shareMs);
  const uploads = await settleAbandonedUploads(ports, { onlyHolder, endsAtMs: endsAtMs(), signal });
  const removed = {
    ...uploads,
    unfinishedFilesRemoved: await removeUnfinishedFiles(ports, { isOnlyProcess, isNightly }),
    deletionsAnnouncedAgain: await announceLostDeletions(ports, isOnlyProcess ? 0 : lostDeletionMs, endsAtMs()),
    trashEmptied: isNightly
      ? await emptyExpiredTrash(ports, { days: (await ports.settings()).trash.days, endsAtMs: endsAtMs(), signal })
      : 0,
    accountsRemoved: await removeClosedAccounts(ports),
  };
  if (isNightly) await forgetDeletedLibraries(db);
  return removed;
}

/** The only process may remove all unfinished files; among many, only files that were unchanged for a day. */
async function removeUnfinishedFiles(
  { store }: SweepPorts,
  { isOnlyProcess, isNightly }: SweepOptions,
): Promise<number> {
  if (isOnlyProcess === true) return store.removeUnfinished(new Date(performance.timeOrigin));
  return isNightly === true ? store.removeUnfinished(new Date(Date.now() - dayMs)) : 0;
}

const batch = 500;

/** Includes accounts that got an asset during their removal, and those whose removal a process did not finish. */
async function removeClosedAccounts({ db, store }: SweepPorts): Promise<number> {
  let removed = 0;
  for (const userId of await listAccountsToRemove(db, restorableDays)) {
    await beginRemoval(db, userId);
    if ((await removeAccount({ db, store }, userId)) === 'removed') removed += 1;
  }
  return removed;
}

async function announceLostDeletions({ db, signal }: SweepPorts, waitedMs: number, endsAtMs: number): Promise<number> {
  const before = new Date(Date.now() - waitedMs);
  for (let announced = 0; ;) {
    const lost = await inTransaction(db, async (tx) => {
      const claimed = await claimLostDeletions(tx, before, batch);
      await writeOutbox(tx, claimed.map(assetDeleted));
      return claimed.length;
    });
    announced += lost;
    if (lost < batch || signal.aborted || performance.now() > endsAtMs) return announced;
  }
}
