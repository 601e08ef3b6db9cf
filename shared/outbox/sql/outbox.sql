-- What the functions of outbox.ts send. Written by: npm run sql

-- claimAcknowledged
update outbox
set "nextTryAt" = now() + make_interval(secs => $1), "attempts" = "attempts" + 1
where "id" in (
  select "id"
  from outbox
  where "isAcknowledged"
  and "nextTryAt" <= now() + interval '1 millisecond'
  order by "nextTryAt"
  limit (
    select greatest(0, $2 - count(*))
    from outbox
    where "isAcknowledged"
    and "nextTryAt" > now() + interval '1 millisecond'
  )
  for update skip locked
)
returning "id", "type", "source", "subject", "data", "traceparent", "createdAt";

-- claimOutbox
update outbox
set "nextTryAt" = now() + make_interval(secs => $1), "attempts" = "attempts" + 1
where "id" in (
  select "id"
  from outbox
  where not "isAcknowledged"
  and "nextTryAt" <= now() + interval '1 millisecond'
  order by "nextTryAt"
  limit $2
  for update skip locked
)
returning "id", "type", "source", "subject", "data", "traceparent", "createdAt";

-- copyToOutbox
insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select "id", "type", "source", "subject", "data", "isAcknowledged"
from (
  select encode(sha256(convert_to( $1::text || octet_length('a'::text) || ':' || 'a' || ';', 'UTF8' )), 'hex') as "id", 't' as "type", '/s' as "source", 'a' as "subject", '{}'::jsonb as "data", false as "isAcknowledged"
) event
on conflict do nothing;

-- countOutbox
select "isAcknowledged", count(*) filter (where "nextTryAt" <= now()) as "waiting", count(*) filter (where "nextTryAt" > now()) as "underWay"
from outbox
group by 1;

-- deleteOutbox
delete from "outbox"
where "id" in ($1, $2);

-- holdOutbox
update "outbox"
set "nextTryAt" = now() + make_interval(secs => $1)
where "id" = $2;

-- readOutboxAge
select coalesce(extract(epoch from now() - min("createdAt")), 0)::float8 as "seconds"
from outbox;

-- releaseAcknowledged
update "outbox"
set "nextTryAt" = now()
where "isAcknowledged" = $1
and "nextTryAt" > now();

-- releaseOutbox
update "outbox"
set "nextTryAt" = now()
where "id" in ($1, $2);

-- writeOutbox
insert into "outbox" ("id", "type", "source", "subject", "data", "traceparent", "isAcknowledged")
select "id", "type", "source", "subject", "data", "traceparent", "isAcknowledged"
from json_populate_recordset(null::"outbox", $1::json)
on conflict ("id") do nothing;
