{#- For a run that starts over, which forgets the days whose events are gone: with them goes
    what erased users add to them. -#}
{% macro drop_erased_counts_of_lost_days() -%}
    {%- set known = fast_dau.known_history() -%}
    {#- Users of another type are all others. -#}
    {%- set lost = fast_dau.lost_days(known) if not fast_dau.other_types_built() else {} -%}
    {%- set first_whole_day = fast_dau.setting('events_kept_from')
        or ((lost.next_day or known.open_date) if lost.first_day else known.kept_from) -%}
    {%- do run_query(
        "delete from " ~ fast_dau.rollup_relation('erased_counts')
        ~ " where activity_date < date '" ~ first_whole_day ~ "'"
    ) if first_whole_day -%}
{%- endmacro %}
