{#- Days that every daily table holds.

    Looked up by name, not by ref(): these tables are built from refresh_days. -#}
{% macro published_days() -%}
    {%- if execute and fast_dau.is_built('daily_active_users')
        and fast_dau.is_built('daily_retention') -%}
    select dau.activity_date
    from {{ fast_dau.rollup_relation('daily_active_users') }} as dau
    inner join {{ fast_dau.rollup_relation('daily_retention') }} as retention
        on dau.activity_date = retention.activity_date
    {%- else -%}
    select null::date as activity_date
    where false
    {%- endif -%}
{%- endmacro %}
