{#- What tables hold on the days %(first)s to %(last)s beside what the recount has of them,
    cell by cell. A table is recounted by the relation of its name; what it holds itself is
    in `published_NAME` where it is not simply its rows of these days. -#}
{% macro compared(tables) -%}
{% for table in tables %}
{{ rows_compared(table) if table.row_key else days_compared(table) }}
{{ 'union all' if not loop.last }}
{% endfor %}
{%- endmacro %}

{#- Of a table with several rows a day, one row per day and column: the first of the rows
    that differ, with what the table and the recount say of that one. -#}
{% macro rows_compared(table) -%}
{% set missing, extra = 'missing ' ~ table.rows, 'extra ' ~ table.rows -%}
{% set key = table.row_key | join(', ') -%}
{% set in_order = 'order by ' ~ key -%}
{% set example = key if table.row_key | length == 1 else "concat_ws(': ', " ~ key ~ ')' -%}
select
    activity_date,
    '{{ table.name }}' as "table",
    cell.name as "column",
    case
        when cell.name = '{{ missing }}' then to_jsonb(0)
        when cell.name = '{{ extra }}' then to_jsonb(count(*))
        else (array_agg(cell.rollup {{ in_order }}))[1]
    end as rollup,
    case
        when cell.name = '{{ missing }}' then to_jsonb(count(*))
        when cell.name = '{{ extra }}' then to_jsonb(0)
        else (array_agg(cell.recount {{ in_order }}))[1]
    end as recount,
    {{ 'count(*)' if table.rows == 'users' else 'null::bigint' }} as users,
    to_jsonb((array_agg({{ example }} {{ in_order }}))[1:3]) as examples
from (
    select *, true as is_there from {{ published(table) }}
) as rollup
full join (
    select *, true as is_there from {{ table.name }}
    where activity_date between %(first)s and %(last)s
) as recount using (activity_date, {{ key }})
cross join lateral (
    values
    ('{{ missing }}', null::jsonb, null::jsonb, rollup.is_there is null),
    ('{{ extra }}', null, null, recount.is_there is null)
    {{ columns_compared(table, 'rollup.is_there and recount.is_there') }}
) as cell (name, rollup, recount, differs)
where
    cell.differs
    -- Most rows are equal in all, and their cells need not be looked at.
    and (
        rollup.is_there is null
        or recount.is_there is null
        {% for column in table.columns %}
        or rollup.{{ column }} is distinct from recount.{{ column }}
        {% endfor %}
    )
group by activity_date, cell.name
{%- endmacro %}

{#- Of a table of days, one row per day and column. A day of which there is no row, or of
    which there must be none, differs in its date alone. -#}
{% macro days_compared(table) -%}
select
    activity_date,
    '{{ table.name }}' as "table",
    cell.name as "column",
    cell.rollup,
    cell.recount,
    null::bigint as users,
    null::jsonb as examples
from (
    select *, activity_date as own_date from {{ published(table) }}
) as rollup
full join (
    select *, activity_date as own_date from {{ table.name }}
) as recount using (activity_date)
cross join lateral (
    values
    (
        'activity_date',
        to_jsonb(rollup.own_date),
        to_jsonb(recount.own_date),
        rollup.own_date is distinct from recount.own_date
    )
    {{ columns_compared(table, 'rollup.own_date = recount.own_date') }}
) as cell (name, rollup, recount, differs)
where cell.differs
{%- endmacro %}

{% macro columns_compared(table, are_there) -%}
{% for column in table.columns %}
, (
    '{{ column }}',
    to_jsonb(rollup.{{ column }}),
    to_jsonb(recount.{{ column }}),
    {{ are_there }} and rollup.{{ column }} is distinct from recount.{{ column }}
)
{% endfor %}
{%- endmacro %}

{% macro published(table) -%}
{% if table.is_by_day -%}
{{ relations[table.name] }} where activity_date between %(first)s and %(last)s
{%- else -%}
published_{{ table.name }}
{%- endif %}
{%- endmacro %}
