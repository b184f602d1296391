{#- From which day on the events are whole: what the rollup knows of the days before it
    is kept as it is, by every kind of run. Only `events_kept_from` moves it, or
    `missing_events: purged`; what a run sees once never does. `found`: by `find_history`. -#}
{% macro settle_history(found) -%}
    {%- do fast_dau.drop_erased_counts_of_lost_days()
        if fast_dau.setting('refresh') == 'start_over'
        and fast_dau.is_built('user_day_activity') -%}
    {%- set kept_from, before = found.kept_from, found.was_kept_from -%}
    {%- set values = {'kept_from': fast_dau.date_or_null(kept_from)} -%}
    {#- From the events, on Spark too, whose own macro reads what is written here. -#}
    {%- do values.update(first_event_at='(' ~ fast_dau.default__known_first_event() ~ ')')
        if fast_dau.may_read_all_events() -%}
    {%- do fast_dau.write_state(values) -%}
    {%- if found.is_built and kept_from != before -%}
        {#- The days that are kept no more are to be rebuilt, whatever they hold. -#}
        {%- do fast_dau.note_all_days('changed') if before and (kept_from or '') < before -%}
        {%- do log("fast-dau: history is kept from " ~ (kept_from or 'no day on')
            ~ (" (before this run: " ~ before ~ ")" if before)
            ~ ": rows of the days before it stay as they are", info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro date_or_null(day) -%}
    {{ return("date '" ~ day ~ "'" if day else 'null::date') }}
{%- endmacro %}
