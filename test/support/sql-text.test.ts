import { expect, test } from 'vitest';
import { formatSql } from './sql-text.ts';

test('each clause is on its own line, and inner statements are indented', () => {
  const compiled =
    'select "a" from "t" inner join "u" on "u"."id" = "t"."id" where "a" in (select "b" from "v" where "c" = $1) and "d" between $2 and $3 order by "a" limit $4 for update skip locked';
  expect(formatSql(compiled)).toBe(
    `
select "a"
from "t"
inner join "u" on "u"."id" = "t"."id"
where "a" in (
  select "b"
  from "v"
  where "c" = $1
)
and "d" between $2 and $3
order by "a"
limit $4
for update skip locked`.trimStart(),
  );
});

test('words inside of quotes, expressions and cases do not break a line', () => {
  const compiled = `update "t" set "x" = case when "a" is null and "b" = 'and  from' then 1 end where "set" is distinct from $1 and extract(epoch from "y") > 2`;
  expect(formatSql(compiled)).toBe(
    `
update "t"
set "x" = case when "a" is null and "b" = 'and  from' then 1 end
where "set" is distinct from $1
and extract(epoch from "y") > 2`.trimStart(),
  );
});

test('line breaks and spaces of the source do not matter', () => {
  expect(formatSql('delete from t\n    where  "a" = 1')).toBe(formatSql('delete from t where "a" = 1'));
});
