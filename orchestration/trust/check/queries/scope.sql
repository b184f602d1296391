-- What the rollup knows of itself, and the days that a recount can be asked for.
select
    state.time_zone,
    state.active_kinds,
    state.events_start_date,
    state.kept_from,
    state.run_id is not null or exists (select from {{ relations.pending_days }}) as is_unsettled,
    clock.latest_valid,
    clock.today,
    published.first_date as first_published,
    published.last_date as last_published,
    published.last_over,
    -- History begins with the first valid event, of any kind; or with days that are
    -- kept, or with people erased who still count.
    case
        when published.first_date < state.kept_from then published.first_date
        else greatest(
            state.kept_from,
            least(
                first_event.local_date,
                (
                    select min(activity_date) from {{ relations.erased_counts }}
                    where dau > 0 and activity_date >= state.events_start_date
                )
            )
        )
    end as first_day,
    (state.model_vars -> 'cohort_retention' ->> 'cohort_days')::int as cohort_days,
    state.model_vars -> 'daily_active_users_by_segment' -> 'segments' as segments,
    (state.model_vars -> 'daily_active_users_by_segment' ->> 'max_segment_values')::int
        as max_segment_values,
    relation.relowner = (select oid from pg_roles where rolname = current_user)
        as is_own,
    array(
        select relname::text from pg_class
        where relnamespace = relation.relnamespace and relkind in ('r', 'p')
    ) as built
from {{ relations.rollup_state }} as state
inner join pg_class as relation on state.tableoid = relation.oid
cross join lateral (
    select
        now() at time zone 'UTC'
        + make_interval(mins => %(max_clock_skew_minutes)s) as latest_valid,
        (now() at time zone state.time_zone)::date as today
) as clock
cross join (
    select
        min(activity_date) as first_date,
        max(activity_date) as last_date,
        max(activity_date) filter (where is_complete) as last_over
    from {{ relations.daily_active_users }}
) as published
left join lateral (
    select performed_at_local::date as local_date
    from {{ relations.events }} as events,
        lateral (
            select performed_at at time zone 'UTC' at time zone state.time_zone
        ) as local (performed_at_local)
    where
        user_id is not null
        and recorded_at >= {{ recorded("state.events_start_date - 2") }}
        and recorded_at < {{ recorded("clock.latest_valid + interval '2 days'") }}
        and performed_at <= clock.latest_valid
        and performed_at_local::date >= state.events_start_date
    order by recorded_at
    limit 1
) as first_event on true
