{#- The earliest day on which erased users count (`fast-dau forget --keep-counts`), whose
    row stays where none of the events that are left is as old. -#}
{% macro first_erased_day() -%}
    {%- if execute and is_built('erased_counts') -%}
    (
        select min(activity_date) from {{ rollup_relation('erased_counts') }}
        where
            dau > 0
            and activity_date >= date '{{ var("events_start_date") }}'
    )
    {%- else -%}
    null::date
    {%- endif -%}
{%- endmacro %}


{#- For a run that starts over, which forgets the days whose events were purged: with
    them goes what erased users add to them. -#}
{% macro drop_erased_counts_of_purged_days() -%}
    {%- if is_built('erased_counts') and is_built('daily_active_users') -%}
    {%- set given = var('events_kept_from') -%}
    {%- if given is not none -%}
        {%- set kept_from = "date '" ~ given ~ "'" -%}
    {%- else -%}
        {%- set kept_from = "select greatest(kept_from, (" ~ first_whole_day() ~ ")) from "
            ~ rollup_state() -%}
    {%- endif -%}
    {%- do run_query(
        "delete from " ~ rollup_relation('erased_counts')
        ~ " where activity_date < (" ~ kept_from ~ ")"
    ) -%}
    {%- endif -%}
{%- endmacro %}
