{#- From which day on the events are whole: what the rollup knows of the days before it
    is kept as it is, by every kind of run. Only `events_kept_from` moves it, or
    `missing_events: purged`; what a run sees once never does. `found`: by `find_history`. -#}
{% macro settle_history(found) -%}
    {%- if fast_dau.setting('refresh') == 'start_over' -%}
    {%- do fast_dau.drop_erased_counts_of_lost_days() -%}
    {%- endif -%}
    {%- set kept_from = found.kept_from -%}
    {%- set values = {'kept_from': fast_dau.date_or_null(kept_from)} -%}
    {%- do values.update(first_event_at='(' ~ fast_dau.first_event_at() ~ ')')
        if fast_dau.may_read_all_events() -%}
    {%- do fast_dau.write_state(values) -%}
    {%- if found.was_kept_from and kept_from != found.was_kept_from -%}
        {#- The days that are kept no more are to be rebuilt, whatever they hold. -#}
        {%- do fast_dau.note_all_days('changed') if kept_from is none
            or kept_from < found.was_kept_from -%}
    {%- endif -%}
    {%- if kept_from != found.was_kept_from and found.is_built -%}
        {%- do log("fast-dau: history is kept from " ~ (kept_from or 'no day on')
            ~ (" (before this run: " ~ found.was_kept_from ~ ")" if found.was_kept_from)
            ~ ": rows of the days before it stay as they are", info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro date_or_null(day) -%}
    {{ return("date '" ~ day ~ "'" if day else 'null::date') }}
{%- endmacro %}
