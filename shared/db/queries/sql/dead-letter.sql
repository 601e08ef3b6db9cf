-- What the functions of dead-letter.ts send. Written by: npm run sql

-- keepDeadLetter
insert into "dead_letter" ("eventId", "eventType", "source", "subject", "destination", "errorCode", "reason", "data", "id", "redrivenAt")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict ("source", "eventId", coalesce("destination", ''))
where "redrivenAt" is null do update
set "errorCode" = $11, "reason" = $12, "receivedAt" = now();

-- listDeadLetters
select *
from "dead_letter"
where "redrivenAt" is null
order by "receivedAt"
limit $1;

-- markRedriven
update "dead_letter"
set "redrivenAt" = now()
where "id" = $1;
