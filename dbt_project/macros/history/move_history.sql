{#- Why history cannot be kept from a later day than before; none: it can. What is not
    built, or is to be rebuilt, would stay as it is for good. -#}
{% macro objection_to_move_on(given, known) -%}
    {%- if known.first_pending and known.first_pending < given -%}
        {{ return(fast_dau.objection_to_pending(given, known, known.first_pending)) }}
    {%- elif known.open_date and known.open_date < given -%}
        {{ return("fast_dau_events_kept_from is " ~ given ~ ", but the tables are built only "
            ~ "up to " ~ known.open_date ~ ", which was not over then: run once with "
            ~ "fast_dau_events_kept_from " ~ (known.kept_from or 'null') ~ ", as it was, and then with the new date") }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{% macro objection_to_pending(given, known, first_day) -%}
    {{ return("history is to be kept from " ~ given ~ ", but the day "
        ~ first_day ~ " before it is still to be rebuilt, because a run stopped "
        ~ "half-way or its events have changed: run once with fast_dau_events_kept_from "
        ~ (known.kept_from or 'null') ~ ", as it was, before it moves on. Where the "
        ~ "events of that day are gone, 'fast_dau_missing_events: deleted' lets the day go") }}
{%- endmacro %}


{#- Why history cannot be kept from an earlier day than before; none: it can, because the
    events of all days between are there. What is not would be deleted from the tables. -#}
{% macro objection_to_move_back(given, known) -%}
    {%- if fast_dau.setting('missing_events') == 'deleted' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set first, last = "date '" ~ given ~ "'", "date '" ~ known.kept_from ~ "'" -%}
    {%- set lacking = fast_dau.dates_of(
        "select min(published.activity_date) as first_day from ("
        ~ "select activity_date, sum(events_count) as events_count from "
        ~ fast_dau.rollup_relation('user_day_activity') ~ " where activity_date >= " ~ first
        ~ " and activity_date < " ~ last ~ " group by activity_date) as published"
        ~ " left join (select activity_date, count(*) as events_count from ("
        ~ "select " ~ fast_dau.local_date('performed_at') ~ " as activity_date from "
        ~ source('app', 'events').render() ~ " as events where user_id is not null"
        ~ " and performed_at >= " ~ fast_dau.day_starts_at(first)
        ~ " and performed_at < " ~ fast_dau.day_starts_at(last) ~ fast_dau.and_is_active_kind()
        ~ ") as events group by activity_date) as counted"
        ~ " on published.activity_date = counted.activity_date"
        ~ " where coalesce(counted.events_count, 0) < published.events_count"
    ).first_day -%}
    {%- if not lacking -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return("fast_dau_events_kept_from is " ~ given ~ ", but history has been kept from "
        ~ known.kept_from ~ ", and events of the day " ~ lacking ~ " are gone since: a run "
        ~ "would delete what the tables know of it. Set fast_dau_events_kept_from to "
        ~ known.kept_from ~ ", or to the first day whose events are all there") }}
{%- endmacro %}
