{#- Spark explains what is wrong with a query instead of refusing to explain it; only where
    it cannot even be read does it fail, with its own message, which quotes the name. What
    can be read in round and in square brackets closes neither. -#}
{% macro spark__segment_problem(name, expression) -%}
    {%- do run_query("explain select /* segment " ~ name.replace('*', '') ~ " */ map('', 1)["
        ~ expression ~ "\n]") -%}
    {%- set said = run_query("explain select /* segment " ~ name.replace('*', '')
        ~ " */ * from (" ~ fast_dau.segment_trial(expression) ~ ") as trial").columns[0].values()[0] -%}
    {{ return(said if said.startswith('Error') else none) }}
{%- endmacro %}


{#- A row for each segment: inside a lateral join Spark can have neither another one nor
    sets of groups. -#}
{% macro spark__segment_values(segments) -%}
        stack(
            {{ segments | length or 1 }}
            {%- for name, expression in segments.items() %},
            {{ fast_dau.string_literals([name]) }}, left({{ fast_dau.segment_value(expression) }}, 200)
            {%- else %}, null::string, null::string
            {%- endfor %}
        ) as (segment, value)
    from {{ ref('stg_events').render() }} as events
    {{ 'where false' if not segments }}
{%- endmacro %}


{% macro spark__segment_users(segments) -%}
    select
        events.segment,
        events.value,
        events.user_id
    from segment_events as events
    where {{ fast_dau.is_active_event() }}
{%- endmacro %}


{#- Nor a union with a join of two queries that look at the day outside. -#}
{% macro spark__shown_segment_values(most) -%}
    select
        places.segment,
        case when places.place <= {{ most }} then places.value else '(other)' end as value,
        count(distinct user_values.user_id) as dau
    from places
    inner join user_values
        on
            places.segment = user_values.segment
            and places.value = user_values.value
    group by 1, 2
{%- endmacro %}
