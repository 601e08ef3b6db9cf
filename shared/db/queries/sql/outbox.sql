-- What the functions of outbox.ts send. Written by: npm run sql

-- claimOutbox
update outbox
set "nextTryAt" = now() + make_interval(secs => $1)
where "id" in (
  select "id"
  from outbox
  where "nextTryAt" <= now()
  order by "nextTryAt"
  limit $2
  for update skip locked
)
returning "id", "type", "source", "subject", "data", "traceparent", "createdAt";

-- deleteOutbox
delete from "outbox"
where "id" in ($1, $2);

-- writeOutbox
insert into "outbox" ("id", "type", "source", "subject", "data", "traceparent")
values ($1, $2, $3, $4, $5, $6)
on conflict ("id") do nothing;
