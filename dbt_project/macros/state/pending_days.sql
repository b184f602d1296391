{#- The table of days that are still to be rebuilt (`tables_of_state`). -#}
{% macro pending_days() -%}
    {{ fast_dau.rollup_relation('pending_days') }}
{%- endmacro %}


{#- Has the next refresh_days take every day. -#}
{% macro note_all_days(reason) -%}
    {%- set pending_days = fast_dau.pending_days() -%}
    {%- do run_query(
        "insert into " ~ pending_days ~ " select null, '" ~ reason ~ "', null where not exists ("
        ~ "select 1 from " ~ pending_days ~ " where activity_date is null and reason = '"
        ~ reason ~ "')"
    ) -%}
{%- endmacro %}
