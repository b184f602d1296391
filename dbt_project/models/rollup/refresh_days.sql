{{ config(
    unique_key='activity_date',
    meta={'influence_days': none},
    pre_hook="{{ read_change_log() }}",
    post_hook="{{ take_up_days() }}",
) }}

{{ refuse_plan() }}

with published_days as (

    {{ published_days() }}

),

pending_days as (

    {{ days_to_rebuild() }}

),

-- The first day that no run has yet seen to its end.
progress as (

    select
        count(*) = 0 as is_first_build,
        (
            select pending_days.reason from pending_days
            where pending_days.activity_date is null
        ) as reason_of_all,
        least({{ open_date() }}, {{ local_date(run_at()) }}) as open_date
    from published_days

),

reasoned_days as (

    select
        calendar_days.*,
        case
            -- Some table has it, for else the calendar would not.
            when calendar_days.is_gone then 'gone'
            -- Also where the events were purged: the lists of users are there.
            when pending_days.reason = 'erased' then 'erased'
            when not calendar_days.is_kept then coalesce(
                {{ refresh_reason() }},
                pending_days.reason,
                progress.reason_of_all,
                {{ "null" if run_kind() == 'incremental' else "'full'" }}
            )
        end as reason
    from {{ ref('calendar_days').render() }} as calendar_days
    cross join progress
    left join published_days
        on calendar_days.activity_date = published_days.activity_date
    left join pending_days
        on calendar_days.activity_date = pending_days.activity_date

)

select
    activity_date,
    day_starts_at,
    day_ends_at,
    reason
from reasoned_days
where reason is not null
