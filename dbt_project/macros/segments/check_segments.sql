{#- Refuses a var `segments` that is not a mapping of names to expressions on an event,
    each tried on a few events, as part of a condition, where aggregates have no place. -#}
{% macro check_segments() -%}
    {%- set segments = var('segments') or {} -%}
    {%- if segments is not mapping -%}
        {%- do refuse("segments is '" ~ segments ~ "', not a mapping such as "
            ~ "{platform: \"properties ->> 'platform'\"}") -%}
    {%- endif -%}
    {%- for name, expression in segments.items() if execute -%}
        {%- set problem = adapter.dispatch('segment_problem', 'fast_dau')(name, expression) -%}
        {%- if problem -%}
            {%- do refuse("the segment '" ~ name ~ "' is no expression on the columns of "
                ~ "an event: " ~ expression ~ " (" ~ problem ~ ")") -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- What the server says against the expression; none: nothing. -#}
{% macro default__segment_problem(name, expression) -%}
    {%- set query -%}
    create or replace function pg_temp.problem_of(query text) returns text
    language plpgsql as $$ begin
        execute query;
        return null;
    exception when others then
        return sqlerrm;
    end $$;
    select pg_temp.problem_of({{ string_literals([segment_trial(expression)]) }})
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0]) }}
{%- endmacro %}


{#- Spark explains what is wrong with a query instead of refusing to explain it; only where
    it cannot even be read does it fail, with its own message, which quotes the name. -#}
{% macro spark__segment_problem(name, expression) -%}
    {%- set said = run_query("explain select /* segment " ~ name ~ " */ * from ("
        ~ segment_trial(expression) ~ ") as trial").columns[0].values()[0] -%}
    {{ return(said if said.startswith('Error') else none) }}
{%- endmacro %}


{% macro segment_trial(expression) -%}
    select count(*) as users_count from (
        select user_id, course_id, kind, performed_at, properties
        from {{ source('app', 'events') }}
        limit 1000
    ) as events
    where (({{ expression }})::{{ dbt.type_string() }}) is null
{%- endmacro %}
