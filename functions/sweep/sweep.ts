import type { Config } from '#shared/config/config.ts';
import { deleteAssets, deletedEvent, listExpiredTrash, listLostDeletions } from '#shared/db/queries/asset.ts';
import { beginRemoval, listAccountsToRemove } from '#shared/db/queries/account.ts';
import { forgetDeletedLibraries } from '#shared/db/queries/library.ts';
import { analyzeTables } from '#shared/db/queries/maintenance.ts';
import { releaseAcknowledged, writeOutbox } from '#shared/db/queries/outbox.ts';
import { deleteExpiredSessions } from '#shared/db/queries/session.ts';
import { claimAbandonedReservations, deleteStoredObject, listAbandoned } from '#shared/db/queries/stored-object.ts';
import type { Log } from '#shared/log/log.ts';
import { countRepairs } from '#shared/metrics/instruments.ts';
import { reclaimLost, type Relay } from '#shared/pipeline/relay.ts';
import { removeAccount, restorableDays } from '#shared/pipeline/remove-account.ts';
import type { Ports as RemovePorts } from './remove-deleted.ts';

export interface Ports extends RemovePorts {
  config: Pick<Config, 'DARKROOM_LEASE_SECONDS' | 'DARKROOM_MAX_ATTEMPTS' | 'DARKROOM_TRASH_DAYS'>;
  holder: string;
  log: Log;
  relay: Pick<Relay, 'kick' | 'settled'>;
}

export interface SweepOptions {
  /** True when this process is the only one there is, as on a laptop: whatever others held is lost, no lease is waited for. */
  isOnlyProcess?: boolean;
  isNightly?: boolean;
}

/** What a sweep repaired. */
export interface Repairs {
  stagesAnnouncedAgain: number;
  stagesGivenUp: number;
  objectsAnnouncedAgain: number;
  abandonedUploadsRemoved: number;
  unfinishedFilesRemoved: number;
  deletionsAnnouncedAgain: number;
  trashEmptied: number;
  sessionsEnded: number;
  accountsRemoved: number;
}

const lostDeletionSeconds = 5 * 60;
const dayMs = 24 * 60 * 60 * 1000;
const batch = 500;

/** Finds what has not settled and sets it going again, so that every photo converges whatever was lost. */
export async function sweep(
  ports: Ports,
  { isOnlyProcess = false, isNightly = false }: SweepOptions = {},
): Promise<Repairs> {
  const { db, holder } = ports;
  const onlyHolder = isOnlyProcess ? holder : undefined;
  const stages = await reclaimLost(ports, onlyHolder);
  const repairs = {
    stagesAnnouncedAgain: stages.pending,
    stagesGivenUp: stages.failed,
    objectsAnnouncedAgain: isOnlyProcess ? await releaseAcknowledged(db) : 0,
    abandonedUploadsRemoved: await removeAbandonedUploads(ports, onlyHolder),
    unfinishedFilesRemoved: await removeUnfinishedFiles(ports, { isOnlyProcess, isNightly }),
    deletionsAnnouncedAgain: await announceLostDeletions(ports, isOnlyProcess ? 0 : lostDeletionSeconds),
    trashEmptied: isNightly ? await emptyExpiredTrash(ports) : 0,
    sessionsEnded: isNightly ? await deleteExpiredSessions(db) : 0,
    accountsRemoved: await removeClosedAccounts(ports),
  };
  if (isNightly) await forgetDeletedLibraries(db);
  if (isNightly) await analyzeTables(db);
  ports.relay.kick();
  for (const [kind, found] of Object.entries(repairs)) if (found > 0) countRepairs(found, { kind });
  if (Object.values(repairs).some((it) => it > 0)) ports.log.info(repairs, 'sweep repaired');
  return repairs;
}

async function removeAbandonedUploads({ db, store, holder }: Ports, onlyHolder: string | undefined): Promise<number> {
  await claimAbandonedReservations(db, { holder, leaseSeconds: 60, onlyHolder, limit: batch });
  const abandoned = (await listAbandoned(db, batch)).filter((it) => it.store === store.kind);
  for (const object of abandoned) {
    await store.delete(object.key);
    await store.delete(`${object.key}.xmp`);
    await deleteStoredObject(db, object);
  }
  return abandoned.length;
}

/** The only process knows that nobody else writes; among many, what was not touched for a day belongs to the dead. */
async function removeUnfinishedFiles({ store }: Ports, { isOnlyProcess, isNightly }: SweepOptions): Promise<number> {
  if (isOnlyProcess === true) return store.removeUnfinished(new Date(performance.timeOrigin));
  return isNightly === true ? store.removeUnfinished(new Date(Date.now() - dayMs)) : 0;
}

async function announceLostDeletions({ db }: Ports, seconds: number): Promise<number> {
  const lost = await listLostDeletions(db, seconds, batch);
  await writeOutbox(db, lost.map(deletedEvent));
  return lost.length;
}

/** Also those of which an asset came in while they were removed, or whose end a process did not get to. */
async function removeClosedAccounts({ db, store }: Ports): Promise<number> {
  let removed = 0;
  for (const userId of await listAccountsToRemove(db, restorableDays)) {
    await beginRemoval(db, userId);
    if ((await removeAccount({ db, store }, userId)) === 'removed') removed += 1;
  }
  return removed;
}

async function emptyExpiredTrash({ db, config }: Ports): Promise<number> {
  const ids = await listExpiredTrash(db, config.DARKROOM_TRASH_DAYS, batch);
  return (await deleteAssets(db, ids, 'trashed')).length;
}
