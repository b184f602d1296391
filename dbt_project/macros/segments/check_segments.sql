{#- Refuses a var `segments` that is not a mapping of names to expressions on an event,
    each tried on a few events, as part of a condition, where aggregates have no place. -#}
{% macro check_segments() -%}
    {%- set segments = var('segments') or {} -%}
    {%- if segments is not mapping -%}
        {%- do refuse("segments is '" ~ segments ~ "', not a mapping such as "
            ~ "{platform: \"properties ->> 'platform'\"}") -%}
    {%- endif -%}
    {%- for name, expression in segments.items() if execute -%}
        {%- set problem = run_query(segment_problem(expression)).columns[0].values()[0] -%}
        {%- if problem -%}
            {%- do refuse("the segment '" ~ name ~ "' is no expression on the columns of "
                ~ "an event: " ~ expression ~ " (" ~ problem ~ ")") -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- A query: what the server says against the expression; null: nothing. -#}
{% macro segment_problem(expression) -%}
    create or replace function pg_temp.problem_of(query text) returns text
    language plpgsql as $$ begin
        execute query;
        return null;
    exception when others then
        return sqlerrm;
    end $$;
    {%- set query -%}
    select count(*) from (
        select user_id, course_id, kind, performed_at, properties
        from {{ source('app', 'events') }}
        limit 1000
    ) as events
    where (({{ expression }})::text) is null
    {%- endset %}
    select pg_temp.problem_of({{ string_literals([query]) }})
{%- endmacro %}
