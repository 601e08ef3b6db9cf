import { sql, type Kysely } from 'kysely';

/**
 * Counts that are kept by triggers, so that no page reads every asset: months know photos from videos, and each album
 * what of each owner can be seen in it (nothing trashed, hidden or locked).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const monthKey = (hasType: boolean) =>
  `"ownerId", "visibility", "isTrashed", "isFavorite", "month"${hasType ? ', "type"' : ''}`;
const monthOf = (table: string, sign: 1 | -1) =>
  `select "ownerId", "visibility", "status" = 'trashed' as "isTrashed", "isFavorite", "type", asset_month("localDateTime") as "month", ${sign} as "delta"
   from ${table} where "status" <> 'deleted'`;
const addToMonths = (rows: string, hasType: boolean) => {
  const key = monthKey(hasType);
  return `
  insert into asset_month_count (${key}, "count")
  select ${key}, sum("delta") from (${rows}) changed
  group by ${key} having sum("delta") <> 0
  order by ${key}
  on conflict (${key}) do update set "count" = asset_month_count."count" + excluded."count"`;
};

const changedMonths = {
  insert: monthOf('added', 1),
  delete: monthOf('gone', -1),
  update: `${monthOf('gone', -1)} union all ${monthOf('added', 1)}`,
};
const countMonths = (hasType: boolean) => [
  ...Object.entries(changedMonths).map(
    ([event, rows]) =>
      `create or replace function asset_month_${event}() returns trigger language plpgsql as $$ begin ${addToMonths(rows, hasType)}; return null; end $$`,
  ),
  'delete from asset_month_count',
  addToMonths(monthOf('asset', 1), hasType),
];

/** Of an asset: whether albums show it. */
const isShown = (asset: string) => `${asset}."status" = 'active' and ${asset}."visibility" in ('timeline', 'archive')`;

/** What of `asset`s that can be seen is in `album_asset`, for each album and owner. */
const countAlbums = (condition: string) => `
  select member."albumId", asset."ownerId", count(*) as "assetCount",
    min(asset."localDateTime") as "startDate", max(asset."localDateTime") as "endDate", max(asset."updatedAt") as "modifiedAt",
    (array_agg(asset."id" order by asset."localDateTime" desc, asset."id"))[1] as "newestId"
  from album_asset member join asset on asset."id" = member."assetId"
  where ${isShown('asset')} and ${condition}
  group by member."albumId", asset."ownerId"`;

/**
 * Adds and takes away assets that came into sight and went, all of one album and owner. Only when one at an edge has gone
 * is the album looked through: the first, the last, or the one that was changed last. Whoever writes has the row of the
 * album and owner first, so what is read after it is what was committed.
 */
const changeAlbumContent = `create function change_album_content(
  album uuid, owner uuid, added integer, gone integer, gone_ids uuid[],
  added_start timestamptz, added_end timestamptz, added_modified timestamptz, added_newest uuid,
  gone_start timestamptz, gone_end timestamptz, gone_modified timestamptz
) returns void language plpgsql as $$
declare
  kept album_content;
begin
  -- Of an album or an owner that is being removed the row goes by itself.
  if not exists (select from album a where a."id" = album) or not exists (select from "user" u where u."id" = owner) then
    return;
  end if;
  insert into album_content ("albumId", "ownerId", "assetCount") values (album, owner, 0) on conflict do nothing;
  select * into kept from album_content where "albumId" = album and "ownerId" = owner for no key update;
  if gone_start <= kept."startDate" and (added_start is null or added_start > gone_start)
    or gone_end >= kept."endDate" and (added_end is null or added_end < gone_end)
    or gone_modified >= kept."modifiedAt" and (added_modified is null or added_modified < gone_modified)
    or kept."newestId" = any(gone_ids) and added_newest is distinct from kept."newestId"
  then
    update album_content set ("assetCount", "startDate", "endDate", "modifiedAt", "newestId") = (
      select coalesce(sum(c."assetCount"), 0), min(c."startDate"), max(c."endDate"), max(c."modifiedAt"), (array_agg(c."newestId"))[1]
      from (${countAlbums('member."albumId" = album and asset."ownerId" = owner')}) c
    ) where "albumId" = album and "ownerId" = owner;
  else
    update album_content set
      "assetCount" = "assetCount" + added - gone,
      "startDate" = least("startDate", added_start),
      "modifiedAt" = greatest("modifiedAt", added_modified),
      "endDate" = greatest("endDate", added_end),
      "newestId" = case
        when added_end > "endDate" or "endDate" is null then added_newest
        when added_end = "endDate" then least("newestId", added_newest)
        else "newestId" end
    where "albumId" = album and "ownerId" = owner;
  end if;
end $$`;

/** Assets in albums that came into sight (1) or went (-1), from a join of assets `a` and their `member`s. */
const inAlbums = (joined: string, sign: 1 | -1) => `
  select member."albumId", a."ownerId", a."id" as "assetId", a."localDateTime", a."updatedAt", ${sign} as "sign"
  from ${joined} where ${isShown('a')}`;
const ofAssets = (assets: string, sign: 1 | -1) =>
  inAlbums(`${assets} a join album_asset member on member."assetId" = a."id"`, sign);
const ofMembers = (members: string, sign: 1 | -1) =>
  inAlbums(`${members} member join asset a on a."id" = member."assetId"`, sign);
/** Nobody changes an asset that comes into an album or leaves it before that is committed: both would count it, or neither. */
const lockAssets = (members: string) =>
  `perform 1 from asset where "id" in (select "assetId" from ${members}) order by "id" for share;`;

const seen = (asset: string) =>
  `(${['status', 'visibility', 'ownerId', 'localDateTime', 'updatedAt'].map((it) => `${asset}."${it}"`).join()})`;
/** The rows of one side of an update that changes what is kept. */
const changed = (side: 'gone' | 'added') => `(
  select ${side}.* from gone join added on added."id" = gone."id" where ${seen('gone')} is distinct from ${seen('added')})`;

const applyChanges = (rows: string) => `
  perform change_album_content("albumId", "ownerId", "added", "gone", "goneIds", "addedStart", "addedEnd", "addedModified",
    "addedNewest", "goneStart", "goneEnd", "goneModified")
  from (
    select "albumId", "ownerId",
      (count(*) filter (where "sign" = 1))::integer as "added", (count(*) filter (where "sign" = -1))::integer as "gone",
      array_agg("assetId") filter (where "sign" = -1) as "goneIds",
      min("localDateTime") filter (where "sign" = 1) as "addedStart", max("localDateTime") filter (where "sign" = 1) as "addedEnd",
      max("updatedAt") filter (where "sign" = 1) as "addedModified",
      (array_agg("assetId" order by "localDateTime" desc, "assetId") filter (where "sign" = 1))[1] as "addedNewest",
      min("localDateTime") filter (where "sign" = -1) as "goneStart", max("localDateTime") filter (where "sign" = -1) as "goneEnd",
      max("updatedAt") filter (where "sign" = -1) as "goneModified"
    from (${rows}) changed
    group by "albumId", "ownerId" order by "albumId", "ownerId"
  ) summed`;

const albumTriggers = [
  { name: 'album_content_member_added', on: 'insert on album_asset', tables: 'new table as added', changes: lockAssets('added') + applyChanges(ofMembers('added', 1)) },
  { name: 'album_content_member_gone', on: 'delete on album_asset', tables: 'old table as gone', changes: lockAssets('gone') + applyChanges(ofMembers('gone', -1)) },
  {
    name: 'album_content_asset_changed',
    on: 'update on asset',
    tables: 'old table as gone new table as added',
    changes: applyChanges(`${ofAssets(changed('gone'), -1)} union all ${ofAssets(changed('added'), 1)}`),
  },
]; // prettier-ignore

const changes = [
  // Nobody writes between the count and the first trigger.
  'lock table asset, album_asset in share row exclusive mode',
  `alter table asset_month_count add column "type" text not null default ''`,
  `alter table asset_month_count alter column "type" drop default`,
  'alter table asset_month_count drop constraint asset_month_count_pkey',
  `alter table asset_month_count add primary key (${monthKey(true)})`,
  ...countMonths(true),
  `create table album_content (
    "albumId" uuid not null references album on delete cascade,
    "ownerId" uuid not null references "user" on delete cascade,
    "assetCount" integer not null,
    "startDate" timestamptz(3),
    "endDate" timestamptz(3),
    "modifiedAt" timestamptz(3),
    "newestId" uuid,
    primary key ("albumId", "ownerId")
  )`,
  changeAlbumContent,
  ...albumTriggers.flatMap(({ name, on, tables, changes: body }) => [
    `create function ${name}() returns trigger language plpgsql as $$ begin ${body}; return null; end $$`,
    `create trigger ${name} after ${on} referencing ${tables} for each statement execute function ${name}()`,
  ]),
  // An asset leaves its albums while its row is there: those who count what goes look at it.
  `create function leave_albums() returns trigger language plpgsql as $$ begin
    delete from album_asset where "assetId" = old."id"; return old; end $$`,
  `create trigger leave_albums before delete on asset for each row when (old."status" = 'active') execute function leave_albums()`,
  `insert into album_content ("albumId", "ownerId", "assetCount", "startDate", "endDate", "modifiedAt", "newestId")
    ${countAlbums('true')}`,
];

const reversals = [
  'lock table asset, album_asset in share row exclusive mode',
  ...albumTriggers.flatMap(({ name, on }) => [
    `drop trigger ${name} on ${on.split(' ').at(-1)}`,
    `drop function ${name}()`,
  ]),
  'drop trigger leave_albums on asset',
  'drop function leave_albums()',
  'drop function change_album_content',
  'drop table album_content',
  'alter table asset_month_count drop constraint asset_month_count_pkey',
  'alter table asset_month_count drop column "type"',
  'delete from asset_month_count',
  `alter table asset_month_count add primary key (${monthKey(false)})`,
  ...countMonths(false),
];
