-- What the functions of login-attempt.ts send. Written by: npm run sql

-- clearLoginAttempts
delete from "login_attempt"
where ("key" = $1 or "nextAt" < now() - interval '1 day');

-- forgetLoginAttempt
with gone as (
  delete from login_attempt
  where "key" = $1
  and "attempts" <= 1
)
update login_attempt
set "attempts" = "attempts" - 1
where "key" = $2
and "attempts" > 1;

-- limitLoginAttempt
insert into login_attempt ("key", "attempts", "nextAt")
values ($1, 1, date_trunc('milliseconds', now()))
on conflict ("key") do update
set "attempts" = case when login_attempt."nextAt" < now() - interval '1 hour' then 1 else login_attempt."attempts" + 1 end, "nextAt" = date_trunc('milliseconds', now()) + case when case when login_attempt."nextAt" < now() - interval '1 hour' then 1 else login_attempt."attempts" + 1 end < $2 then interval '0' else make_interval(secs => least($3, power(2, least(case when login_attempt."nextAt" < now() - interval '1 hour' then 1 else login_attempt."attempts" + 1 end, 30) - $4))) end
where login_attempt."nextAt" <= now()
returning "attempts";

select ceil(extract(epoch from "nextAt" - now()) * 1000) as "waitMs"
from login_attempt
where "key" = $1;
