-- What the functions of live.ts send. Written by: npm run sql

-- tellLive
select pg_notify($1, "payload")
from unnest($2::text[]) m("payload")
where (
  select exists (
    select
    from pg_locks
    where "locktype" = 'advisory'
    and "mode" = 'ShareLock'
    and "granted"
    and (("classid"::bigint << 32) | "objid"::bigint) = hashtextextended($3, 0)
    and "database" = (
      select "oid"
      from pg_database
      where "datname" = current_database()
    )
  )
);
