import { sql, type Kysely } from 'kysely';

/** Why a stage failed, and why a key is refused, as a code beside the sentence: code reads the one, people the other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const abandoned = (condition: string) =>
  `create index stored_object_abandoned on stored_object ("changedAt", "key") where "state" = 'refused' and ${condition}`;

const changes = [
  `alter table asset_stage add column "code" text`,
  `update asset_stage set "code" = substring("reason" from '\\(([a-z]+/[a-z-]+)\\)$')
   where "state" = 'failed' and "reason" ~ '\\([a-z]+/[a-z-]+\\)$'`,
  `alter table stored_object add column "code" text`,
  `update stored_object set "code" = case "reason"
     when 'deleted by its owner' then 'deleted-by-owner' when 'given up' then 'given-up' else 'abandoned' end
   where "state" = 'refused' and "reason" in ('deleted by its owner', 'given up', 'abandoned')`,
  `drop index stored_object_abandoned`,
  abandoned(`"code" in ('abandoned', 'given-up')`),
];

const reversals = [
  `drop index stored_object_abandoned`,
  abandoned(`"reason" in ('abandoned', 'given up')`),
  `alter table stored_object drop column "code"`,
  `alter table asset_stage drop column "code"`,
];
