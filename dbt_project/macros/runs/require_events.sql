{#- Refuses a run, or a plan of one, where there is no such table of events. -#}
{% macro require_events() -%}
    {%- if target.type == 'postgres' and not fast_dau.exists_now(fast_dau.beside_events('')) -%}
        {%- do fast_dau.refuse("there is no table " ~ fast_dau.setting('events_schema') ~ "."
            ~ fast_dau.setting('events_table')
            ~ ", or this user may not see it: create it with `fast-dau init`, or name yours "
            ~ "with the variables fast_dau_events_schema and fast_dau_events_table") -%}
    {%- endif -%}
    {%- do fast_dau.require_columns() if target.type == 'postgres' -%}
{%- endmacro %}
