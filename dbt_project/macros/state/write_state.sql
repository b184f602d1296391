{#- Writes expressions, by the column's name, into the row, for the run that holds the lock.
    The caller commits. -#}
{% macro write_state(values) -%}
    {%- do adapter.dispatch('write_state', 'fast_dau')(values) -%}
{%- endmacro %}


{% macro default__write_state(values) -%}
    {%- set changes = [] -%}
    {%- for name, value in values.items() -%}
        {%- do changes.append(name ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {%- do run_query('update ' ~ fast_dau.rollup_state() ~ ' set ' ~ changes | join(', ')
        ~ " where run_id = '" ~ invocation_id ~ "'") -%}
{%- endmacro %}
