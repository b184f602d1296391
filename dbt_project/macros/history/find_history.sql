{#- What a run finds at the old end of history, before it writes: `kept_from`, an ISO date
    or none, as it will be, `was_kept_from`, and `objection`, why the run is refused. -#}
{% macro find_history() -%}
    {%- set given = fast_dau.setting('events_kept_from') -%}
    {%- set given = given | string if given else none -%}
    {%- set today = fast_dau.dates_of("select " ~ fast_dau.local_date(fast_dau.run_at())
        ~ " as today").today -%}
    {%- set known = fast_dau.known_history() -%}
    {%- set found = {
        'kept_from': given or (known.kept_from if known.is_built else none),
        'was_kept_from': known.kept_from,
        'is_built': known.is_built,
    } -%}
    {%- if given and given > today -%}
        {%- do found.update(objection="fast_dau_events_kept_from is " ~ given
            ~ ", which is after " ~ today ~ ", today: history cannot be kept from a day to come") -%}
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
        (
            pending.activity_date is null
            or state.kept_from is null
            or pending.activity_date >= state.kept_from
        )
    {%- endset -%}
    {%- set known = fast_dau.dates_of(
        'select kept_from, open_date, (' ~ first_pending ~ ') as first_pending, ('
        ~ first_pending ~ " and pending.reason <> 'erased') as first_changed from "
        ~ fast_dau.rollup_state() ~ ' as state'
    ) -%}
    {%- do known.update(is_built=has_tables) -%}
    {{ return(known) }}
{%- endmacro %}
