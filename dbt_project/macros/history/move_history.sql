{#- Refuses to keep history from a later day than before where a day between is not built,
    or is to be rebuilt: it would stay as it is for good. -#}
{% macro refuse_to_move_on(given, known) -%}
    {%- do fast_dau.refuse_pending(given, known) -%}
    {%- if known.open_date and known.open_date < given -%}
        {%- do fast_dau.refuse("fast_dau_events_kept_from is " ~ given ~ ", but the tables are "
            ~ "built only up to " ~ known.open_date ~ ", which was not over then: run once with "
            ~ "fast_dau_events_kept_from " ~ (known.kept_from or 'null')
            ~ ", as it was, and then with the new date") -%}
    {%- endif -%}
{%- endmacro %}


{% macro refuse_pending(given, known) -%}
    {%- if known.first_pending and known.first_pending < given -%}
        {%- do fast_dau.refuse("history is to be kept from " ~ given ~ ", but the day "
            ~ known.first_pending ~ " before it is still to be rebuilt, because a run stopped "
            ~ "half-way or its events have changed: run once with fast_dau_events_kept_from "
            ~ (known.kept_from or 'null') ~ ", as it was, before it moves on. Where the "
            ~ "events of that day are gone, 'fast_dau_missing_events: deleted' lets the day "
            ~ "go") -%}
    {%- endif -%}
{%- endmacro %}


{#- Refuses to keep history from an earlier day than before where not all events of the days
    between are there: what the tables know of them would be deleted. -#}
{% macro refuse_to_move_back(given, known) -%}
    {%- set first, last = "date '" ~ given ~ "'", "date '" ~ known.kept_from ~ "'" -%}
    {%- set lacking -%}
    select min(activity_date) as first_day
    from (
        select activity_date, sum(events_count) as events_count
        from {{ fast_dau.rollup_relation('user_day_activity') }}
        where activity_date >= {{ first }} and activity_date < {{ last }}
        group by activity_date
    ) as published
    left join (
        select
            {{ fast_dau.local_date(fast_dau.event_time()) }} as activity_date,
            count(*) as events_left
        from {{ fast_dau.events() }} as events
        where
            user_id is not null
            and {{ fast_dau.is_since(fast_dau.day_starts_at(first)) }}
            and {{ fast_dau.is_before(fast_dau.day_starts_at(last)) }}
            {{ fast_dau.and_is_active_kind() }}
        group by 1
    ) as counted using (activity_date)
    where coalesce(events_left, 0) < events_count
    {%- endset -%}
    {%- set day = fast_dau.dates_of(lacking).first_day
        if fast_dau.setting('missing_events') != 'deleted' -%}
    {%- if day -%}
        {%- do fast_dau.refuse("fast_dau_events_kept_from is " ~ given ~ ", but history has been "
            ~ "kept from " ~ known.kept_from ~ ", and events of the day " ~ day ~ " are gone "
            ~ "since: a run would delete what the tables know of it. Set "
            ~ "fast_dau_events_kept_from to " ~ known.kept_from ~ ", or to the first day whose "
            ~ "events are all there") -%}
    {%- endif -%}
{%- endmacro %}
