{#- From which day on the events are whole: what the rollup knows of the days before it
    is kept as it is, by every kind of run. Only var `events_kept_from` moves it, or
    `missing_events: purged`; what a run sees once never does. `found`: by `find_history`. -#}
{% macro settle_history(found) -%}
    {%- if var('refresh') == 'start_over' -%}
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


{#- What a run finds at the old end of history, before it writes: `kept_from`, an ISO date
    or none, as it will be, `was_kept_from`, and `objection`, why the run is refused. -#}
{% macro find_history() -%}
    {%- set given = var('events_kept_from') | string if var('events_kept_from') else none -%}
    {%- set today = fast_dau.dates_of("select " ~ fast_dau.local_date(fast_dau.run_at())
        ~ " as today").today -%}
    {%- set known = fast_dau.known_history() -%}
    {%- set found = {
        'kept_from': given or (known.kept_from if known.is_built else none),
        'was_kept_from': known.kept_from,
        'is_built': known.is_built,
    } -%}
    {%- if given and given > today -%}
        {%- do found.update(objection="events_kept_from is " ~ given ~ ", which is after "
            ~ today ~ ", today: history cannot be kept from a day to come") -%}
    {%- elif known.is_built and given is none and fast_dau.may_read_all_events() -%}
        {%- do found.update(fast_dau.missing_history(known, today)) -%}
    {%- elif known.is_built and given and given > (known.kept_from or '') -%}
        {%- do found.update(objection=fast_dau.objection_to_move_on(given, known)) -%}
    {%- elif known.is_built and given and given < known.kept_from -%}
        {%- do found.update(objection=fast_dau.objection_to_move_back(given, known)) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{#- What the state says of history, as ISO dates or none; `is_built`: there are tables, and
    this run does not replace them. -#}
{% macro known_history() -%}
    {%- set has_tables = fast_dau.is_built('rollup_state')
        and fast_dau.is_built('daily_active_users')
        and fast_dau.run_kind() != 'start_over' -%}
    {%- if not fast_dau.is_built('rollup_state') -%}
        {{ return({'is_built': false, 'kept_from': none}) }}
    {%- endif -%}
    {#- Where every day is pending, the first that the tables have is the first of them. -#}
    {%- set first_pending -%}
    select min(coalesce(pending.activity_date, days.first_date))
    from {{ fast_dau.pending_days() }} as pending
    cross join (
        select min(activity_date) as first_date
        from {{ fast_dau.rollup_relation('daily_active_users' if has_tables else 'pending_days') }}
    ) as days
    where
        pending.activity_date is null
        or state.kept_from is null
        or pending.activity_date >= state.kept_from
    {%- endset -%}
    {%- set known = fast_dau.dates_of(
        'select kept_from, open_date, (' ~ first_pending ~ ') as first_pending from '
        ~ fast_dau.rollup_state() ~ ' as state'
    ) -%}
    {%- do known.update(is_built=has_tables) -%}
    {{ return(known) }}
{%- endmacro %}


{#- The columns of a query's one row, dates all of them, as ISO texts or none. -#}
{% macro dates_of(query) -%}
    {%- set found = run_query(query) -%}
    {%- set dates = {} -%}
    {%- for name in found.column_names -%}
        {%- set value = found.rows[0][name] -%}
        {%- do dates.update({name: value | string if value is not none else none}) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}


{% macro date_or_null(day) -%}
    {{ return("date '" ~ day ~ "'" if day else 'null::date') }}
{%- endmacro %}


{#- A query: the time of the first event, of those not before `since`, an expression. -#}
{% macro first_event_at(since=none) -%}
    select min(performed_at) as first_event_at from {{ source('app', 'events') }}
    where
        user_id is not null
        and {{ fast_dau.is_valid_time('performed_at') }}
        {% if since is not none -%}
        and performed_at >= {{ since }}
        {%- endif %}
{%- endmacro %}
