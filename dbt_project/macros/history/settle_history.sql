{#- Finds the first day whose events are all there: what the rollup knows of the days
    before it is kept as it is, by every kind of run.

    Var `events_kept_from` says it. Where it is not set, an event earlier than all that
    are left must have been purged: the day of the cut may have lost a part, and counts
    begin to be made again on the day after. Never moves back by itself, or one late
    event from long ago would seem to bring the purged days back. -#}
{% macro settle_history() -%}
    {%- if flags.WHICH in ['build', 'run', 'retry'] and reads_every_event() -%}
    {%- if var('refresh') == 'start_over' -%}
    {%- do drop_erased_counts_of_purged_days() -%}
    {%- endif -%}
    {%- do write_state({
        'kept_from': settled_kept_from(),
        'first_event_at': '(' ~ first_event_at() ~ ')',
    }) -%}
    {%- endif -%}
{%- endmacro %}


{#- An expression: the first day whose events are all there, as a run finds it; null
    where nothing is kept. -#}
{% macro settled_kept_from() -%}
    {%- set given = var('events_kept_from') -%}
    {%- if given is not none -%}
    date '{{ given }}'
    {%- elif is_starting_over() or not is_built('daily_active_users') -%}
    null::date
    {%- else -%}
    greatest(
        {% if is_built('rollup_state') -%}
        (select kept_from from {{ rollup_state() }}),
        {%- endif %}
        ({{ first_whole_day() }})
    )
    {%- endif -%}
{%- endmacro %}


{#- A query: the time of the first event, of those not before `since`, an expression. -#}
{% macro first_event_at(since=none) -%}
    select min(performed_at) as first_event_at from {{ source('app', 'events') }}
    where
        user_id is not null
        and {{ is_valid_time('performed_at') }}
        {% if since is not none -%}
        and performed_at >= {{ since }}
        {%- endif %}
{%- endmacro %}


{#- Null where no event is missing at the old end; one that came late from before all
    that the rollup knows does not hide that. A day that was not over is counted in any
    case. -#}
{% macro first_whole_day() -%}
    {%- set user_days = rollup_relation('user_day_activity') -%}
    {%- set known -%}
        select min(first_event_at) as first_event_at from {{ user_days }}
        where activity_date = (select min(activity_date) from {{ user_days }})
    {%- endset -%}
    select least(
        {{ local_date('events.first_event_at') }} + 1,
        {{ local_date(run_at()) }},
        (
            select min(activity_date) from {{ rollup_relation('daily_active_users') }}
            where not is_complete
        )
    )
    from ({{ known }}) as known
    cross join ({{ first_event_at(since='(' ~ known ~ ')') }}) as events
    where
        known.first_event_at < events.first_event_at
        or (known.first_event_at is not null and events.first_event_at is null)
{%- endmacro %}
