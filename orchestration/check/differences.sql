{% include 'recount.sql' %}

{#- One row per day and column of a table of users: how many differ, and the first of
    them, with what the table and the recount say of that one. -#}
{% macro users_compared(recount, table, columns) -%}
select
    activity_date,
    '{{ recount }}' as "table",
    cell.name as "column",
    case
        when cell.name = 'missing users' then to_jsonb(0)
        when cell.name = 'extra users' then to_jsonb(count(*))
        else (array_agg(cell.rollup order by user_id))[1]
    end as rollup,
    case
        when cell.name = 'missing users' then to_jsonb(count(*))
        when cell.name = 'extra users' then to_jsonb(0)
        else (array_agg(cell.recount order by user_id))[1]
    end as recount,
    count(*) as users,
    (array_agg(user_id order by user_id))[1:3] as examples
from (
    select *, true as is_there from {{ table }}
    where activity_date between %(first)s and %(last)s
) as rollup
full join (
    select *, true as is_there from {{ recount }}
    where activity_date between %(first)s and %(last)s
) as recount using (activity_date, user_id)
cross join lateral (
    values
    ('missing users', null::jsonb, null::jsonb, rollup.is_there is null),
    ('extra users', null, null, recount.is_there is null)
    {% for column in columns %}
    , (
        '{{ column }}',
        to_jsonb(rollup.{{ column }}),
        to_jsonb(recount.{{ column }}),
        rollup.is_there and recount.is_there
        and rollup.{{ column }} is distinct from recount.{{ column }}
    )
    {% endfor %}
) as cell (name, rollup, recount, differs)
where cell.differs
group by activity_date, cell.name
{%- endmacro %}

{#- One row per day and column of a table of days. A day of which there is no row, or of
    which there must be none, differs in its date alone. -#}
{% macro days_compared(recount, table, columns) -%}
select
    activity_date,
    '{{ recount }}' as "table",
    cell.name as "column",
    cell.rollup,
    cell.recount,
    null::bigint as users,
    null::int [] as examples
from (
    select *, activity_date as own_date from {{ table }}
    where activity_date between %(first)s and %(last)s
) as rollup
full join (
    select *, activity_date as own_date from {{ recount }}
) as recount using (activity_date)
cross join lateral (
    values
    (
        'activity_date',
        to_jsonb(rollup.own_date),
        to_jsonb(recount.own_date),
        rollup.own_date is distinct from recount.own_date
    )
    {% for column in columns %}
    , (
        '{{ column }}',
        to_jsonb(rollup.{{ column }}),
        to_jsonb(recount.{{ column }}),
        rollup.own_date = recount.own_date
        and rollup.{{ column }} is distinct from recount.{{ column }}
    )
    {% endfor %}
) as cell (name, rollup, recount, differs)
where cell.differs
{%- endmacro %}

{{ users_compared('user_day_activity', user_day_activity, user_day_columns) }}

union all

{{ users_compared('returning_users', returning_users, returning_user_columns) }}

union all

{{ days_compared('daily_active_users', daily_active_users, ['dau', 'events_count']) }}

union all

{{ days_compared('daily_retention', daily_retention, retention_columns) }}

order by activity_date, "table", "column"
