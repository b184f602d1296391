{#- A predicate, for tests that compare tables: whether these all have the days of the latest
    refresh_days, by this run or one before. Where a run built some of them, the others
    differ until the next run, which is no fault. -#}
{% macro have_latest_days(names) -%}
    {%- set built = fast_dau.state_once().built_with if execute and fast_dau.is_built('rollup_state')
        else {} -%}
    {%- for name in names if execute
        and 'model.fast_dau.' ~ name not in selected_resources
        and built.get(name) != built.get('refresh_days', 'none') -%}
        {{ return('false') }}
    {%- endfor -%}
    {{ return('true') }}
{%- endmacro %}
