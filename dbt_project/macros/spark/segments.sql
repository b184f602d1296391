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


{#- Inside another lateral join Spark cannot have this one. -#}
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
