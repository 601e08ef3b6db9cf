import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

export interface KnownDirectory {
  id: number;
  path: string;
  mtimeNs: string | null;
  ctimeNs: string | null;
  /** Its times do not show whether it has changed. */
  mustList: boolean;
  /** Why it could not be listed the last time. */
  problem: string | null;
}

/** Folders that were listed, in the order of their paths, after `after`. */
export async function listKnownDirectories(
  db: Db,
  rootId: string,
  after: string | null,
  limit: number,
): Promise<KnownDirectory[]> {
  const { rows } = await sql<KnownDirectory>`
    select "id", "path", "mtimeNs"::text, "ctimeNs"::text, ("isRacy" or "problem" is not null or "mtimeNs" is null) as "mustList", "problem"
    from scan_directory
    where "rootId" = ${rootId} and not "isGone" and "listedAt" is not null and (${after}::text is null or "path" > ${after})
    order by "path" limit ${limit}`.execute(db);
  return rows;
}

/** Folders that must be listed whatever their times are. */
export async function listUnlistedDirectories(db: Db, rootId: string, limit: number): Promise<KnownDirectory[]> {
  const { rows } = await sql<KnownDirectory>`
    select "id", "path", null as "mtimeNs", null as "ctimeNs", true as "mustList", "problem" from scan_directory
    where "rootId" = ${rootId} and not "isGone" and "listedAt" is null
    order by "path" limit ${limit}`.execute(db);
  return rows;
}

/** Folders after `after` with files that have not changed since `observedBefore` and may have settled. */
export async function listSettlingDirectories(
  db: Db,
  rootId: string,
  { observedBefore, after, limit }: { observedBefore: Date; after: string | null; limit: number },
): Promise<KnownDirectory[]> {
  const { rows } = await sql<KnownDirectory>`
    select "id", "path", null as "mtimeNs", null as "ctimeNs", true as "mustList", "problem" from scan_directory d
    cross join lateral (
      -- The limit keeps the planner from looking through everything that settles each time.
      select from scan_file f
      where f."directoryId" = d."id" and f."state" = 'settling' and f."sizeBytes" > 0 and f."observedAt" <= ${observedBefore}
      limit 1
    ) due
    where "rootId" = ${rootId} and not "isGone" and "problem" is null and (${after}::text is null or "path" > ${after})
    order by "path" limit ${limit}`.execute(db);
  return rows;
}

/** Since when the file that settles last has not changed; undefined if none is settling. */
export async function findLastSettling(db: Db, rootId: string): Promise<Date | undefined> {
  const { rows } = await sql<{ observedAt: Date | null }>`
    select max(f."observedAt") as "observedAt" from scan_file f join scan_directory d on d."id" = f."directoryId"
    where f."state" = 'settling' and f."sizeBytes" > 0 and d."rootId" = ${rootId} and not d."isGone" and d."problem" is null`.execute(
    db,
  );
  return rows[0]?.observedAt ?? undefined;
}

/** Adds folders that are to be listed. A known folder that was gone is there again. */
export async function addDirectories(db: Db, rootId: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await sql`
    insert into scan_directory as d ("rootId", "path") select ${rootId}, path from unnest(${[...paths]}::text[]) as new(path)
    on conflict ("rootId", "path") do update set "isGone" = false, "listedAt" = null, "problem" = null where d."isGone"`.execute(
    db,
  );
}

export interface ListedDirectory {
  id: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  isRacy: boolean;
}

/** Records the times of folders when they were listed. */
export async function saveListed(db: Db, listed: readonly ListedDirectory[], at: Date): Promise<void> {
  if (listed.length === 0) return;
  await sql`
    update scan_directory d set "mtimeNs" = l.mtime, "ctimeNs" = l.ctime, "isRacy" = l.racy, "listedAt" = ${at}, "problem" = null
    from unnest(
      ${listed.map((it) => it.id)}::bigint[], ${listed.map((it) => String(it.mtimeNs))}::bigint[],
      ${listed.map((it) => String(it.ctimeNs))}::bigint[], ${listed.map((it) => it.isRacy)}::boolean[]
    ) as l(id, mtime, ctime, racy)
    where d."id" = l.id`.execute(db);
}

/** Records why folders could not be listed; the next scan tries them again. */
export async function saveUnknown(
  db: Db,
  unknown: readonly { id: number; problem: string }[],
  at: Date,
): Promise<void> {
  if (unknown.length === 0) return;
  await sql`
    update scan_directory d set "problem" = u.problem, "listedAt" = coalesce("listedAt", ${at})
    from unnest(${unknown.map((it) => it.id)}::bigint[], ${unknown.map((it) => it.problem)}::text[]) as u(id, problem)
    where d."id" = u.id`.execute(db);
}

/**
 * Records that folders are gone with everything below them: files that were reported are missing from now on, the rows
 * of the others are deleted. Returns how many are missing.
 */
export async function loseDirectories(db: Db, rootId: string, paths: readonly string[], at: Date): Promise<number> {
  if (paths.length === 0) return 0;
  const { rows: gone } = await sql<{ id: number }>`
    update scan_directory d set "isGone" = true, "listedAt" = null, "problem" = null
    from unnest(${[...paths]}::text[]) as lost(path)
    where d."rootId" = ${rootId} and not d."isGone"
      and (d."path" = lost.path or (d."path" collate "C" > lost.path || '/' and d."path" collate "C" < lost.path || '0'))
    returning d."id"`.execute(db);
  const ids = gone.map((it) => it.id);
  await sql`
    delete from scan_file where "directoryId" = any(${ids}::bigint[])
      and (("state" = 'settling' and "reportedVersion" is null) or "state" = 'refused')`.execute(db);
  const { numAffectedRows } = await sql`
    update scan_file set "state" = 'missing', "missingSince" = ${at}, "missingScans" = 0
    where "directoryId" = any(${ids}::bigint[]) and "state" in ('settling', 'reported')`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Has `path`, or the nearest known folder above it, listed again. False if the tree has none. */
export async function unlistDirectory(db: Db, rootId: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  const candidates = ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
  const { numAffectedRows } = await sql`
    update scan_directory set "listedAt" = null where "id" = (
      select "id" from scan_directory where "rootId" = ${rootId} and "path" = any(${candidates}::text[]) and not "isGone"
      order by length("path") desc limit 1
    )`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}
