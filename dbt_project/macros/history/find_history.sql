{#- What a run finds at the old end of history, before it writes: what the state says of it
    (`known_history`), but for `kept_from`, which is as it will be, and `was_kept_from`.
    Refuses a run that would lose history. -#}
{% macro find_history() -%}
    {%- set known, given = fast_dau.known_history(), fast_dau.setting('events_kept_from') -%}
    {%- set kept_from = given | string if given else none -%}
    {%- if kept_from and kept_from > known.today -%}
        {%- do fast_dau.refuse("fast_dau_events_kept_from is " ~ kept_from ~ ", which is after "
            ~ known.today ~ ", today: history cannot be kept from a day to come") -%}
    {%- elif known.is_built and not kept_from -%}
        {%- set kept_from = fast_dau.first_day_left(known) -%}
    {%- elif known.is_built and kept_from > (known.kept_from or '') -%}
        {%- do fast_dau.refuse_to_move_on(kept_from, known) -%}
    {%- elif known.is_built and kept_from < known.kept_from -%}
        {%- do fast_dau.refuse_to_move_back(kept_from, known) -%}
    {%- endif -%}
    {{ return(dict(known, kept_from=kept_from, was_kept_from=known.kept_from)) }}
{%- endmacro %}


{#- What the state says of history, and `today`, as ISO dates or none; `is_built`: there are
    tables, and this run does not replace them. Where every day is pending, the first that
    the tables have is the first of them. A day of people erased since does not matter: it
    is counted again from the lists of users. -#}
{% macro known_history() -%}
    {%- set has_state = fast_dau.is_built('rollup_state') -%}
    {%- set has_tables = has_state and fast_dau.is_built('daily_active_users') -%}
    {%- set query -%}
    select
        {{ fast_dau.local_date(fast_dau.run_at()) }} as today
        {%- if has_state %},
        state.kept_from,
        state.open_date,
        min(coalesce(activity_date, first_date)) filter (where reason <> 'erased')
            as first_pending
    from {{ fast_dau.rollup_state() }} as state
    cross join (
        select min(activity_date) as first_date
        from {{ fast_dau.rollup_relation('daily_active_users' if has_tables else 'pending_days') }}
    ) as days
    left join {{ fast_dau.pending_days() }} as pending on
        activity_date is null
        or state.kept_from is null
        or activity_date >= state.kept_from
    group by state.kept_from, state.open_date
        {%- endif %}
    {%- endset -%}
    {{ return(dict(
        fast_dau.dates_of(query),
        is_built=has_tables and fast_dau.run_kind() != 'start_over',
    )) }}
{%- endmacro %}
