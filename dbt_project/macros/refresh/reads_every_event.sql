{#- Whether a run may ask what only all events together tell: which was the first, and how
    many are without a user. -#}
{% macro reads_every_event() -%}
    {{ return(adapter.dispatch('reads_every_event', 'fast_dau')()) }}
{%- endmacro %}


{#- An index answers. -#}
{% macro default__reads_every_event() -%}
    {{ return(true) }}
{%- endmacro %}


{#- Spark would open the files of every day, and so asks when it reads them anyway. -#}
{% macro spark__reads_every_event() -%}
    {{ return(fast_dau.is_full_run() or not fast_dau.is_built('daily_active_users')) }}
{%- endmacro %}


{#- A predicate: whether the latest run was one that reads every event. -#}
{% macro was_full_run() -%}
    {{ return(adapter.dispatch('was_full_run', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__was_full_run() -%}
    exists ({{ fast_dau.days_of_full_run() }})
{%- endmacro %}


{#- Asked beforehand: Spark works out what stands beside a question whatever the answer. -#}
{% macro spark__was_full_run() -%}
    {%- set full_days = fast_dau.days_of_full_run() -%}
    {{ 'true' if execute and fast_dau.is_built('refresh_days')
        and fast_dau.days_found(full_days) else 'false' }}
{%- endmacro %}


{% macro days_of_full_run() -%}
    select activity_date from {{ ref('refresh_days') }}
    where reason in ('first build', 'full')
{%- endmacro %}
