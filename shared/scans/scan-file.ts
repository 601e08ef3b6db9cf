import { eventTypes } from '#shared/events/event-types.ts';
import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { sidecarPattern } from '#shared/store/sidecar-name.ts';
import { mayBeShown } from '#shared/assets/offline-asset.ts';
import type { ScanFileState } from '#shared/db/tables.ts';

export interface ScanFile {
  directoryId: number;
  name: string;
  state: ScanFileState;
  sizeBytes: number;
  version: string;
  reportedVersion: string | null;
  ctimeNs: bigint;
  inode: bigint;
  observedAt: Date;
  missingSince: Date | null;
  missingScans: number;
  reason: string | null;
}

/** Everything that is known of the files in some folders. */
export async function listScanFiles(db: Db, directoryIds: readonly number[]): Promise<ScanFile[]> {
  if (directoryIds.length === 0) return [];
  const { rows } = await sql<Omit<ScanFile, 'ctimeNs' | 'inode'> & { ctimeNs: string; inode: string }>`
    select "directoryId", "name", "state", "sizeBytes", "version", "reportedVersion", "ctimeNs"::text, "inode"::text, "observedAt",
      "missingSince", "missingScans", "reason"
    from scan_file where "directoryId" = any(${[...directoryIds]}::bigint[])`.execute(db);
  return rows.map((row) => Object.assign(row, { ctimeNs: BigInt(row.ctimeNs), inode: BigInt(row.inode) }));
}

const batchRows = 5_000;

/** Inserts the rows of new files and updates those of known ones. */
export async function saveScanFiles(db: Db, files: readonly ScanFile[]): Promise<void> {
  for (let start = 0; start < files.length; start += batchRows)
    await saveBatch(db, files.slice(start, start + batchRows));
}

async function saveBatch(db: Db, files: readonly ScanFile[]): Promise<void> {
  await sql`
    insert into scan_file (
      "directoryId", "name", "state", "sizeBytes", "version", "reportedVersion", "ctimeNs", "inode", "observedAt", "missingSince",
      "missingScans", "reason"
    ) select * from unnest(
      ${files.map((it) => it.directoryId)}::bigint[], ${files.map((it) => it.name)}::text[], ${files.map((it) => it.state)}::text[],
      ${files.map((it) => it.sizeBytes)}::bigint[], ${files.map((it) => it.version)}::text[],
      ${files.map((it) => it.reportedVersion)}::text[], ${files.map((it) => String(it.ctimeNs))}::bigint[],
      ${files.map((it) => String(it.inode))}::bigint[], ${files.map((it) => it.observedAt)}::timestamptz[],
      ${files.map((it) => it.missingSince)}::timestamptz[], ${files.map((it) => it.missingScans)}::integer[],
      ${files.map((it) => it.reason)}::text[]
    ) on conflict ("directoryId", "name") do update set
      "state" = excluded."state", "sizeBytes" = excluded."sizeBytes", "version" = excluded."version",
      "reportedVersion" = excluded."reportedVersion", "ctimeNs" = excluded."ctimeNs", "inode" = excluded."inode",
      "observedAt" = excluded."observedAt", "missingSince" = excluded."missingSince", "missingScans" = excluded."missingScans",
      "reason" = excluded."reason"`.execute(db);
}

export type ScanFileKey = Pick<ScanFile, 'directoryId' | 'name'>;

export async function deleteScanFiles(db: Db, files: readonly ScanFileKey[]): Promise<void> {
  if (files.length === 0) return;
  await sql`
    delete from scan_file f using unnest(${files.map((it) => it.directoryId)}::bigint[], ${files.map((it) => it.name)}::text[]) as d(id, name)
    where f."directoryId" = d.id and f."name" = d.name`.execute(db);
}

/**
 * How many files of a tree have been missing since after `after` (or at all, if null), and how many were reported and
 * not removed.
 */
export async function countMissing(
  db: Db,
  rootId: string,
  after: Date | null,
): Promise<{ missing: number; known: number }> {
  const { rows } = await sql<{ missing: number }>`
    select count(*) as "missing" from scan_file f join scan_directory d on d."id" = f."directoryId"
    where f."state" = 'missing' and d."rootId" = ${rootId}
      and (${after}::timestamptz is null or f."missingSince" > ${after})`.execute(db);
  const missing = rows[0]?.missing ?? 0;
  if (missing === 0) return { missing, known: 0 };
  const { rows: all } = await sql<{ known: number }>`
    select count(*) as "known" from scan_file f join scan_directory d on d."id" = f."directoryId"
    where d."rootId" = ${rootId} and (f."state" in ('reported', 'missing') or (f."state" = 'settling' and f."reportedVersion" is not null))`.execute(
    db,
  );
  return { missing, known: all[0]?.known ?? 0 };
}

/** Counts a complete full scan without an error that did not find the missing files. */
export async function countMissingScan(db: Db, rootId: string): Promise<void> {
  await sql`
    update scan_file f set "missingScans" = "missingScans" + 1 from scan_directory d
    where d."id" = f."directoryId" and d."rootId" = ${rootId} and f."state" = 'missing'`.execute(db);
}

export interface MissingFile extends ScanFileKey {
  /** Of its folder, below the root. */
  folder: string;
  version: string;
}

/** When the last missing file of the tree began to be missing; undefined if none is missing. */
export async function findLastMissing(db: Db, rootId: string): Promise<Date | undefined> {
  const { rows } = await sql<{ missingSince: Date | null }>`
    select max(f."missingSince") as "missingSince" from scan_file f join scan_directory d on d."id" = f."directoryId"
    where f."state" = 'missing' and d."rootId" = ${rootId}`.execute(db);
  return rows[0]?.missingSince ?? undefined;
}

/**
 * Files that `scans` full scans have not found and that are missing since before `missingBefore`, and all missing
 * sidecars, after `after`. With `onlySidecars` only sidecars.
 */
export async function listRemovable(
  db: Db,
  rootId: string,
  by: { scans: number; missingBefore: Date; onlySidecars: boolean; after: ScanFileKey | undefined; limit: number },
): Promise<MissingFile[]> {
  const { directoryId, name } = by.after ?? { directoryId: 0, name: '' };
  const { rows } = await sql<MissingFile>`
    select f."directoryId", f."name", d."path" as "folder", coalesce(f."reportedVersion", f."version") as "version"
    from scan_file f join scan_directory d on d."id" = f."directoryId"
    where f."state" = 'missing' and d."rootId" = ${rootId}
      and (f."name" ~* ${sidecarPattern}
        or (not ${by.onlySidecars}::boolean and f."missingScans" >= ${by.scans} and f."missingSince" <= ${by.missingBefore}))
      and (f."directoryId", f."name") > (${directoryId}, ${name})
    order by f."directoryId", f."name" limit ${by.limit}`.execute(db);
  return rows;
}

/** A file that was seen in its place while its asset is offline. */
export interface OfflineFile extends ScanFileKey {
  /** Of its folder, below the root. */
  folder: string;
  sizeBytes: number;
  version: string;
}

/**
 * The files of a tree that are there, in a folder that belongs to a user, while their asset is offline, whatever made
 * it offline and whatever was reported before. At most `limit`, after `after`.
 */
export async function listOfflineFiles(
  db: Db,
  rootId: string,
  { after, limit }: { after: ScanFileKey | undefined; limit: number },
): Promise<OfflineFile[]> {
  const { directoryId, name } = after ?? { directoryId: 0, name: '' };
  const { rows } = await sql<OfflineFile>`
    select f."directoryId", f."name", d."path" as "folder", f."sizeBytes", f."version"
    from asset a
    join stored_object o on o."assetId" = a."id" and o."state" = 'asset' and o."key" = a."originalPath"
    join scan_root r on r."store" = o."store" and starts_with(o."key", r."prefix")
    cross join lateral (select substr(o."key", length(r."prefix") + 1) as "path") below
    join scan_directory d on d."rootId" = r."id" and not d."isGone"
      and d."path" = coalesce(substring(below."path" from '^(.*)/'), '')
    join scan_file f on f."directoryId" = d."id" and f."state" = 'reported'
      and f."name" = substring(below."path" from '[^/]+$')
    where a."isOffline" and ${mayBeShown} and r."id" = ${rootId} and (f."directoryId", f."name") > (${directoryId}, ${name})
    order by f."directoryId", f."name" limit ${limit}`.execute(db);
  return rows;
}

export async function markRemoved(db: Db, files: readonly ScanFileKey[]): Promise<void> {
  if (files.length === 0) return;
  await sql`
    update scan_file f set "state" = 'removed'
    from unnest(${files.map((it) => it.directoryId)}::bigint[], ${files.map((it) => it.name)}::text[]) as r(id, name)
    where f."directoryId" = r.id and f."name" = r.name and f."state" = 'missing'`.execute(db);
}

/** Restarts the time and the count of scans of missing files that turned out to be there, or could not be checked. */
export async function restartMissing(db: Db, files: readonly ScanFileKey[], at: Date): Promise<void> {
  if (files.length === 0) return;
  await sql`
    update scan_file f set "missingScans" = 0, "missingSince" = ${at}
    from unnest(${files.map((it) => it.directoryId)}::bigint[], ${files.map((it) => it.name)}::text[]) as r(id, name)
    where f."directoryId" = r.id and f."name" = r.name and f."state" = 'missing'`.execute(db);
}

/**
 * The missing files of a tree that have no object row and no event waiting for `ingest`: Darkroom deleted them itself.
 */
const deletedFiles = (rootId: string) => sql`
  select lost."directoryId", lost."name" from (
    select f."directoryId", f."name", r."store", r."prefix" || case when d."path" = '' then '' else d."path" || '/' end || f."name" as "key"
    from scan_file f
    join scan_directory d on d."id" = f."directoryId"
    join scan_root r on r."id" = d."rootId"
    where f."state" = 'missing' and d."rootId" = ${rootId}
  ) lost
  where not exists (select from stored_object s where s."store" = lost."store" and s."key" = lost."key")
    and not exists (select from outbox o where o."subject" = lost."key" and o."type" in (${eventTypes.objectCreated}, ${eventTypes.objectMoved}))`;

/** True if `forgetDeleted` has something to forget. */
export async function hasDeleted(db: Db, rootId: string): Promise<boolean> {
  const { rows } = await sql<{ hasDeleted: boolean }>`select exists (${deletedFiles(rootId)}) as "hasDeleted"`.execute(
    db,
  );
  return rows[0]?.hasDeleted ?? false;
}

/** Forgets missing files that Darkroom has deleted itself. Returns how many. */
export async function forgetDeleted(db: Db, rootId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from scan_file f using (${deletedFiles(rootId)}) own
    where own."directoryId" = f."directoryId" and own."name" = f."name"`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
