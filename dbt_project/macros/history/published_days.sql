{#- Days that every daily table holds.

    Looked up by name, not by ref(): these tables are built from refresh_days. -#}
{% macro published_days() -%}
    {%- if execute and is_built('daily_active_users') and is_built('daily_retention') -%}
    select dau.activity_date
    from {{ rollup_relation('daily_active_users') }} as dau
    inner join {{ rollup_relation('daily_retention') }} as retention
        on dau.activity_date = retention.activity_date
    {%- else -%}
    select null::date as activity_date
    where false
    {%- endif -%}
{%- endmacro %}
