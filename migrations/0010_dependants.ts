import { sql, type Kysely } from 'kysely';

/**
 * What hangs on an asset follows it, whoever writes: this is the one place that knows what. An asset that is locked or
 * deleted for good leaves its albums. A portrait shows a face of its person on an asset that can be seen; when that asset
 * goes into the trash, the locked folder or away, or the face is taken from the person, another face is shown, or none,
 * and one is chosen again when there is one. Counts and covers of albums are taken from what can be seen when they are
 * read; months are counted by the triggers of the first migration.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

/** Of a face `f` on an asset `a`: whether `person` may be shown by it. */
const canBePortrait = (visibilities: string) => `f."personId" = person."id" and f."deletedAt" is null
  and a."ownerId" = person."ownerId" and a."status" = 'active' and a."visibility" in (${visibilities})`;

const shareOfPicture = `(f."boundingBoxX2" - f."boundingBoxX1")::real * (f."boundingBoxY2" - f."boundingBoxY1")
  / (f."imageWidth"::real * f."imageHeight")`;

/** People are locked in the order of their ids, so that two who change the same ones never wait for each other crosswise. */
const refreshPortraits = `create function refresh_portraits(people uuid[]) returns void language plpgsql as $$
begin
  perform 1 from person where "id" = any(people) order by "id" for no key update;
  update person set "faceAssetId" = chosen."faceId", "updatedAt" = now()
  from (
    select person."id", (
      select f."id" from asset_face f join asset a on a."id" = f."assetId"
      where ${canBePortrait(`'timeline'`)}
      order by ${shareOfPicture} desc, f."id" limit 1
    ) as "faceId"
    from person where "id" = any(people) and not exists (
      select from asset_face f join asset a on a."id" = f."assetId"
      where f."id" = person."faceAssetId" and ${canBePortrait(`'timeline', 'archive'`)}
    )
  ) chosen
  where chosen."id" = person."id" and chosen."faceId" is distinct from person."faceAssetId";
end $$`;

const followAsset = `create function follow_asset() returns trigger language plpgsql as $$
declare
  moved uuid[];
  leaving uuid[];
  albums uuid[];
begin
  select array_agg(now."id"), array_agg(now."id") filter (where now."visibility" = 'locked' or now."status" = 'deleted')
  into moved, leaving
  from after_change now join before_change before on before."id" = now."id"
  where (now."status", now."visibility", now."ownerId") is distinct from (before."status", before."visibility", before."ownerId");
  if moved is null then return null; end if;
  if leaving is not null then
    -- Members before albums, as those do who add and remove.
    with removed as (delete from album_asset where "assetId" = any(leaving) returning "albumId")
      select array_agg("albumId") into albums from removed;
    perform 1 from album where "id" = any(albums) and "albumThumbnailAssetId" = any(leaving)
      order by "id" for no key update;
    update album set "albumThumbnailAssetId" = null
      where "id" = any(albums) and "albumThumbnailAssetId" = any(leaving);
  end if;
  perform refresh_portraits(array_agg(distinct "personId"))
    from asset_face where "assetId" = any(moved) and "personId" is not null;
  return null;
end $$`;

const followFace = (event: 'insert' | 'update' | 'delete', people: string) => {
  const tables = {
    insert: 'new table as after_change',
    update: 'old table as before_change new table as after_change',
    delete: 'old table as before_change',
  };
  return [
    `create function follow_face_${event}() returns trigger language plpgsql as $$
      declare people uuid[];
      begin
        select array_agg("personId") into people from (${people}) changed where "personId" is not null;
        if people is not null then perform refresh_portraits(people); end if;
        return null;
      end $$`,
    `create trigger follow_face_${event} after ${event} on asset_face referencing ${tables[event]}
      for each statement execute function follow_face_${event}()`,
  ];
};

const changedFaces = (side: 'now' | 'before') => `
  select ${side}."personId" from after_change now join before_change before on before."id" = now."id"
  where (now."personId", now."deletedAt") is distinct from (before."personId", before."deletedAt")`;

/** The portrait itself is made by the people stage of the face's asset, after its faces stage. */
const openPeopleStage = `create function open_people_stage() returns trigger language plpgsql as $$
declare face_asset uuid;
begin
  select "assetId" into face_asset from asset_face where "id" = new."faceAssetId";
  insert into asset_stage ("assetId", "stage", "state")
    select face_asset, 'people', 'pending' where not exists (
      select from asset_stage
      where "assetId" = face_asset and "stage" = 'faces' and "state" in ('pending', 'queued', 'active')
    )
    on conflict do nothing;
  -- A run that has begun may have looked already: it loses its lease and is done again.
  update asset_stage set "state" = 'pending', "reason" = null, "recipe" = null, "attempts" = 0, "holder" = null,
    "leaseUntil" = null, "changedAt" = now()
    where "assetId" = face_asset and "stage" = 'people';
  return null;
end $$`;

const changes = [
  refreshPortraits,
  followAsset,
  `create trigger follow_asset after update on asset referencing old table as before_change new table as after_change
    for each statement execute function follow_asset()`,
  ...followFace('insert', 'select "personId" from after_change'),
  ...followFace('update', `${changedFaces('now')} union ${changedFaces('before')}`),
  ...followFace('delete', 'select distinct "personId" from before_change'),
  `create function clear_portrait() returns trigger language plpgsql as $$ begin new."thumbnailPath" = ''; return new; end $$`,
  `create trigger clear_portrait before update on person for each row
    when (old."faceAssetId" is distinct from new."faceAssetId") execute function clear_portrait()`,
  openPeopleStage,
  `create trigger open_people_stage after update on person for each row
    when (new."faceAssetId" is not null and new."thumbnailPath" = ''
      and (old."thumbnailPath" <> '' or old."faceAssetId" is distinct from new."faceAssetId"))
    execute function open_people_stage()`,
  `delete from album_asset using asset where asset."id" = album_asset."assetId" and asset."visibility" = 'locked'`,
  `select refresh_portraits(array_agg("id")) from person`,
];

const reversals = [
  'drop trigger open_people_stage on person',
  'drop function open_people_stage()',
  'drop trigger clear_portrait on person',
  'drop function clear_portrait()',
  ...['insert', 'update', 'delete'].flatMap((event) => [
    `drop trigger follow_face_${event} on asset_face`,
    `drop function follow_face_${event}()`,
  ]),
  'drop trigger follow_asset on asset',
  'drop function follow_asset()',
  'drop function refresh_portraits(uuid[])',
];
