{#- Makes a table with a folder for each day anew, beside the one there is. Where a run is
    killed in between, the next one puts the old table back (`finish_swaps`). -#}
{% macro replace_all_days(sql, existing) -%}
    {%- set next = this.incorporate(path={'identifier': this.identifier ~ '__dbt_next'}) -%}
    {%- set backup = this.incorporate(path={'identifier': this.identifier ~ '__dbt_backup'}) -%}
    {%- do run_query(fast_dau.create_empty(next)) -%}
    {%- call statement('main') -%}
        insert into {{ next }} ({{ model.columns | join(', ') }})
        {{ fast_dau.select_columns(sql) }}
    {%- endcall -%}
    {%- if existing -%}
        {%- do run_query('alter table ' ~ this ~ ' rename to ' ~ backup) -%}
    {%- endif -%}
    {%- do run_query('alter table ' ~ next ~ ' rename to ' ~ this) -%}
    {%- if existing -%}
        {%- do run_query('drop table ' ~ backup) -%}
    {%- endif -%}
{%- endmacro %}
