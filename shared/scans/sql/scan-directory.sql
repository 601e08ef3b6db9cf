-- What the functions of scan-directory.ts send. Written by: npm run sql

-- addDirectories
insert into scan_directory as d ("rootId", "path")
select $1, path
from unnest($2::text[]) as new(path)
on conflict ("rootId", "path") do update
set "isGone" = false, "listedAt" = null, "problem" = null
where d."isGone";

-- findLastSettling
select max(f."observedAt") as "observedAt"
from scan_file f
join scan_directory d on d."id" = f."directoryId"
where f."state" = 'settling'
and f."sizeBytes" > 0
and d."rootId" = $1
and not d."isGone"
and d."problem" is null;

-- listKnownDirectories
select "id", "path", "mtimeNs"::text, "ctimeNs"::text, ("isRacy" or "problem" is not null or "mtimeNs" is null) as "mustList", "problem"
from scan_directory
where "rootId" = $1
and not "isGone"
and "listedAt" is not null
and ($2::text is null or "path" > $3)
order by "path"
limit $4;

-- listSettlingDirectories
select "id", "path", null as "mtimeNs", null as "ctimeNs", true as "mustList", "problem"
from scan_directory d
cross join lateral ( -- The limit keeps the planner from looking through everything that settles each time. select from scan_file f where f."directoryId" = d."id" and f."state" = 'settling' and f."sizeBytes" > 0 and f."observedAt" <= $1 limit 1 ) due
where "rootId" = $2
and not "isGone"
and "problem" is null
and ($3::text is null or "path" > $4)
order by "path"
limit $5;

-- listUnlistedDirectories
select "id", "path", null as "mtimeNs", null as "ctimeNs", true as "mustList", "problem"
from scan_directory
where "rootId" = $1
and not "isGone"
and "listedAt" is null
order by "path"
limit $2;

-- loseDirectories
update scan_directory d
set "isGone" = true, "listedAt" = null, "problem" = null
from unnest($1::text[]) as lost(path)
where d."rootId" = $2
and not d."isGone"
and (d."path" = lost.path or (d."path" collate "C" > lost.path || '/' and d."path" collate "C" < lost.path || '0'))
returning d."id";

delete from scan_file
where "directoryId" = any($1::bigint[])
and (("state" = 'settling' and "reportedVersion" is null) or "state" = 'refused');

update scan_file
set "state" = 'missing', "missingSince" = $1, "missingScans" = 0
where "directoryId" = any($2::bigint[])
and "state" in ('settling', 'reported');

-- saveListed
update scan_directory d
set "mtimeNs" = l.mtime, "ctimeNs" = l.ctime, "isRacy" = l.racy, "listedAt" = $1, "problem" = null
from unnest( $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[] ) as l(id, mtime, ctime, racy)
where d."id" = l.id;

-- saveUnknown
update scan_directory d
set "problem" = u.problem, "listedAt" = coalesce("listedAt", $1)
from unnest($2::bigint[], $3::text[]) as u(id, problem)
where d."id" = u.id;

-- unlistDirectory
update scan_directory
set "listedAt" = null
where "id" = (
  select "id"
  from scan_directory
  where "rootId" = $1
  and "path" = any($2::text[])
  and not "isGone"
  order by length("path") desc
  limit 1
);
