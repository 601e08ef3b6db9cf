-- What the functions of dead-letter.ts send. Written by: npm run sql

-- claimDeadLetters
select "dead_letter".*, "asset"."type" as "assetType"
from "dead_letter"
left join "asset" on "asset"."id" = case when "subject" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then "subject"::uuid end
and "asset"."status" <> $1
where "redrivenAt" is null
order by "dead_letter"."id"
limit $2
for update of "dead_letter" skip locked;

select "dead_letter".*, "asset"."type" as "assetType"
from "dead_letter"
left join "asset" on "asset"."id" = case when "subject" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then "subject"::uuid end
and "asset"."status" <> $1
where "redrivenAt" is null
and "dead_letter"."id" in ($2)
and "eventType" in ($3)
and "eventType" not in ($4)
and (asset."type" is not distinct from 'VIDEO') = $5
and "dead_letter"."id" > $6
order by "dead_letter"."id"
limit $7
for update of "dead_letter" skip locked;

-- closeDeadLetters
update "dead_letter"
set "redrivenAt" = now(), "outcome" = $1
where "id" in ($2)
and "redrivenAt" is null;

-- countDeadLetters
select "eventType", count(*) as "count"
from "dead_letter"
where "redrivenAt" is null
group by "eventType";

-- discardDeadLetters
update "dead_letter"
set "redrivenAt" = now(), "outcome" = $1, "note" = $2
where "redrivenAt" is null
and "id" in (
  select "dead_letter"."id"
  from "dead_letter"
  left join "asset" on "asset"."id" = case when "subject" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then "subject"::uuid end
  and "asset"."status" <> $3
  where "redrivenAt" is null
  and "eventType" in ($4)
);

-- keepDeadLetter
insert into "dead_letter" ("eventId", "eventType", "source", "subject", "destination", "errorCode", "reason", "data", "id", "redrivenAt", "outcome", "note")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict ("source", "eventId", coalesce("destination", ''))
where "redrivenAt" is null do update
set "errorCode" = $13, "reason" = $14, "receivedAt" = now();

-- listDeadLetters
select "dead_letter".*, "asset"."type" as "assetType"
from "dead_letter"
left join "asset" on "asset"."id" = case when "subject" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then "subject"::uuid end
and "asset"."status" <> $1
where "redrivenAt" is null
order by "receivedAt", "dead_letter"."id"
limit $2;
