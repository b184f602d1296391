{#- The day from which history is kept where nobody has said it, an ISO date or none: as before,
    unless whole days at the old end have lost all their events. Then `missing_events` says
    what to make of it, or the run is refused: an empty table may be one that is being
    reloaded, or another one, or hidden by a policy.

    What the change log has, and what is gone of a day that still has events, was deleted. -#}
{% macro first_day_left(known) -%}
    {%- set missing_events, lost = fast_dau.setting('missing_events'), {} -%}
    {%- if missing_events != 'deleted' and fast_dau.may_read_all_events() -%}
        {%- set lost = fast_dau.lost_days(known) -%}
    {%- endif -%}
    {%- if not lost.first_day -%}
        {{ return(known.kept_from) }}
    {%- elif not missing_events -%}
        {%- set command = "`fast-dau dbt build --vars 'fast_dau_missing_events: " -%}
        {%- do fast_dau.refuse(
            "the tables know users on days of which " ~ fast_dau.setting('events_schema') ~ '.'
            ~ fast_dau.setting('events_table') ~ " holds no event any more, "
            ~ (lost.first_day ~ " to " ~ lost.last_day if lost.next_day else "or any other day")
            ~ ". If those events were purged, " ~ command ~ "purged'` keeps what the tables "
            ~ "know; if they were deleted, " ~ command ~ "deleted'` lets those days go. If the "
            ~ "events are being loaded again, or are hidden from this user by a policy, or "
            ~ "fast_dau_events_schema and fast_dau_events_table name another table, put that "
            ~ "right and run again"
        ) -%}
    {%- endif -%}
    {#- Of the day of the cut a part may be gone. -#}
    {%- set kept_from = [known.today, known.open_date, lost.next_day] | select | min -%}
    {%- do fast_dau.refuse_pending(kept_from, known) -%}
    {{ return(kept_from) }}
{%- endmacro %}


{#- Of the days that are not kept, the first and the last on which the tables know users and
    which are before every event of a user whom the tables know on its day; and the day
    after the first such event. Late events of others do not hide that a day was lost. -#}
{% macro lost_days(known) -%}
    {%- set user_days = fast_dau.rollup_relation('user_day_activity') -%}
    {%- set first_day = fast_dau.dates_of(
        'select min(activity_date) as first_day from ' ~ user_days
        ~ " where activity_date >= date '" ~ (known.kept_from or '0001-01-01') ~ "'"
    ).first_day -%}
    {%- set first_day = fast_dau.date_or_null(first_day) -%}
    {{ return(fast_dau.dates_of(
        'select min(user_days.activity_date) as first_day,'
        ~ ' max(user_days.activity_date) as last_day, min(left_day) + 1 as next_day'
        ~ ' from (select min(left_day) as left_day from ('
        ~ 'select ' ~ fast_dau.local_date(fast_dau.event_time()) ~ ' as left_day from '
        ~ fast_dau.events() ~ ' as events where ' ~ fast_dau.has_valid_time()
        ~ ' and ' ~ fast_dau.is_since(fast_dau.day_starts_at(first_day))
        ~ ' and exists (select 1 from ' ~ user_days ~ ' as known_days'
        ~ ' where known_days.user_id = events.user_id'
        ~ ' and known_days.activity_date = ' ~ fast_dau.local_date(fast_dau.event_time()) ~ ')'
        ~ ' order by performed_at limit 1) as first_left) as events_left'
        ~ ' left join ' ~ user_days ~ ' as user_days on user_days.activity_date >= '
        ~ first_day ~ " and user_days.activity_date < coalesce(left_day, date '9999-12-31')"
        ~ ' where not exists (select 1 from (' ~ fast_dau.known_changes() ~ ') as known'
        ~ " where known.reason = 'changed' and (known.activity_date is null"
        ~ ' or known.activity_date = user_days.activity_date))'
    )) }}
{%- endmacro %}
