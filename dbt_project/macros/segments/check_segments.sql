{#- Refuses segments that are not expressions on an event, by name. -#}
{% macro check_segments(segments) -%}
    {%- for name, expression in segments.items() if execute -%}
        {%- do fast_dau.check_text('the name of a segment', name) -%}
        {%- do fast_dau.check_text("the segment '" ~ name ~ "'", expression) -%}
        {%- set problem = adapter.dispatch('segment_problem', 'fast_dau')(name, expression) -%}
        {%- if problem -%}
            {%- do fast_dau.refuse("the segment '" ~ name ~ "' is no expression on the columns of "
                ~ "an event: " ~ expression ~ " (" ~ problem ~ ")") -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- The expression as text, as models and trials have it; on a line of its own, which a
    comment may end. -#}
{% macro segment_value(expression) -%}
    cast({{ expression }}
    as {{ dbt.type_string() }})
{%- endmacro %}


{#- A few events, as an expression finds them, to try it on. -#}
{% macro segment_trial_events() -%}
    select user_id, course_id, kind, performed_at, properties
    from {{ source('app', 'events') }}
    limit 1000
{%- endmacro %}


{#- Nothing follows the expression that ends a quote or a comment begun in it. -#}
{% macro segment_trial(expression) -%}
    with events as ({{ fast_dau.segment_trial_events() }})
    select count(*) as users_count from events
    where {{ fast_dau.segment_value(expression) }} is null
{%- endmacro %}
