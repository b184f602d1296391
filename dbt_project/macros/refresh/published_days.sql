{#- Days that every daily table holds, and whether they were over when written.

    Looked up by name, not by ref(): these tables are built from refresh_days. -#}
{% macro published_days() -%}
    {%- set found = [] -%}
    {%- for name in ['daily_active_users', 'daily_retention'] -%}
        {%- set relation = load_relation(this.incorporate(path={'identifier': name})) -%}
        {%- if execute and relation -%}{%- do found.append(relation) -%}{%- endif -%}
    {%- endfor -%}
    {%- if found | length == 2 -%}
    select
        dau.activity_date,
        dau.is_complete and retention.is_complete as is_complete
    from {{ found[0] }} as dau
    inner join {{ found[1] }} as retention
        on dau.activity_date = retention.activity_date
    {%- else -%}
    select
        null::date as activity_date,
        null::boolean as is_complete
    where false
    {%- endif -%}
{%- endmacro %}
