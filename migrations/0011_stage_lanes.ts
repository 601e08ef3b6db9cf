import { sql, type Kysely } from 'kysely';

/**
 * Whose a stage is and of what media stands beside it while it is open, so that the relay finds whose turn it is by an
 * index. Stages of videos that no function serves are forgotten: they filled the queue.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const isOpen = (row: string) => `${row}"state" in ('pending', 'queued', 'active')`;

const changes = [
  `delete from asset_stage s using asset a
   where a."id" = s."assetId" and ${isOpen('s.')}
     and (s."stage" = 'transcode' or (a."type" = 'VIDEO' and s."stage" in ('thumbnail', 'faces', 'people')))`,
  `alter table asset_stage add column "ownerId" uuid, add column "kind" text`,
  `update asset_stage s set "ownerId" = a."ownerId", "kind" = a."type" from asset a where a."id" = s."assetId" and ${isOpen('s.')}`,
  `create function asset_stage_lane() returns trigger language plpgsql as $$
   begin
     select "ownerId", "type" into new."ownerId", new."kind" from asset where "id" = new."assetId";
     return new;
   end $$`,
  `create trigger asset_stage_lane before insert or update on asset_stage for each row
   when (new."ownerId" is null and ${isOpen('new.')}) execute function asset_stage_lane()`,
  `alter table asset_stage add constraint asset_stage_owned check ("ownerId" is not null or not (${isOpen('')}))`,
  `drop index asset_stage_open`,
  `create index asset_stage_pending on asset_stage ("stage", "kind", "ownerId", "createdAt") where "state" = 'pending'`,
  `create index asset_stage_under_way on asset_stage ("stage") where "state" in ('queued', 'active')`,
];

const reversals = [
  `drop index asset_stage_under_way`,
  `drop index asset_stage_pending`,
  `create index asset_stage_open on asset_stage ("state", "createdAt") where "state" in ('pending', 'queued', 'active')`,
  `drop trigger asset_stage_lane on asset_stage`,
  `drop function asset_stage_lane`,
  `alter table asset_stage drop constraint asset_stage_owned, drop column "kind", drop column "ownerId"`,
];
