{#- The events, as a relation with the columns of the contract: the table itself, or a query of
    its columns under their roles, which the planner takes for the table. `performed_at` keeps
    its type, so that its index serves; see `event_time`. -#}
{% macro events(limited=false) -%}
    {#- With dbt's --empty, it is a query that has an alias already. -#}
    {%- set source = '(select * from ' ~ source('app', 'events') ~ ')' if limited and flags.EMPTY
        else source('app', 'events').render() -%}
    {#- What Spark reads has the contract's names: `fast-dau export` writes them. -#}
    {%- if not fast_dau.setting('events_columns') or target.type == 'spark' -%} {{ return(source) }} {%- endif -%}
    (
        select
            {%- for role in fast_dau.event_roles() %}
            {{ fast_dau.event_column(role) }} as {{ role }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ source }}
    )
{%- endmacro %}


{#- The column that plays a role; a null of the role's type where none does. -#}
{% macro event_column(role) -%}
    {%- set name = fast_dau.setting('events_columns').get(role, role) -%}
    {%- set type = fast_dau.setting('course_id_type') if role == 'course_id'
        else dbt.type_string() if role == 'kind' else fast_dau.sql_type('jsonb') -%}
    {{ return(adapter.quote(name) if name else 'cast(null as ' ~ type ~ ')') }}
{%- endmacro %}
