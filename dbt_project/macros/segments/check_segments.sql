{#- Refuses segments that are not expressions on an event, by name. -#}
{% macro check_segments(segments) -%}
    {%- for name, expression in segments.items() if execute -%}
        {%- do fast_dau.check_text('the name of a segment', name) -%}
        {%- do fast_dau.check_text("the segment '" ~ name ~ "'", expression) -%}
        {%- set problem = adapter.dispatch('segment_problem', 'fast_dau')(name, expression) -%}
        {%- if problem -%}
            {%- do fast_dau.refuse("the segment '" ~ name ~ "' is no expression on the columns of "
                ~ "an event: " ~ expression ~ " (" ~ problem ~ ")" ~ fast_dau.roles_left_out()) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- The columns that an event has: those that one of the table plays the role of. -#}
{% macro roles_of_events() -%}
    {{ return(fast_dau.reading_of_events().columns.items() | selectattr('1')
        | map(attribute='0') | list) }}
{%- endmacro %}


{#- For a message: which columns an event does not have. -#}
{% macro roles_left_out() -%}
    {%- set left_out = fast_dau.setting('events_columns').items() | rejectattr('1')
        | map(attribute='0') | join(', ') -%}
    {{ return("; by fast_dau_events_columns, the table of events has no column for "
        ~ left_out if left_out else "") }}
{%- endmacro %}


{#- The expression as text, as models and trials have it; on a line of its own, which a
    comment may end. -#}
{% macro segment_value(expression) -%}
    cast({{ expression }}
    as {{ dbt.type_string() }})
{%- endmacro %}


{#- A few events, as an expression finds them, to try it on. -#}
{% macro segment_trial_events() -%}
    select {{ fast_dau.roles_of_events() | join(', ') }}
    from {{ fast_dau.events(limited=true) }} as events
    limit 1000
{%- endmacro %}


{#- Nothing follows the expression that ends a quote or a comment begun in it. -#}
{% macro segment_trial(expression) -%}
    with events as ({{ fast_dau.segment_trial_events() }})
    select count(*) as users_count from events
    where {{ fast_dau.segment_value(expression) }} is null
{%- endmacro %}
