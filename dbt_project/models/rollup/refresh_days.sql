{{ config(
    unique_key='activity_date',
    pre_hook="{{ note_snapshot() }}",
    post_hook=[
        "{{ ensure_index(['activity_date'], unique=true) }}",
        "{{ note_unfinished() }}",
    ],
) }}

{{ refuse_plan() }}

with calendar_days as (

    select * from {{ ref('calendar_days') }}

),

published_days as (

    {{ published_days() }}

),

unfinished_days as (

    {{ unfinished_days() }}

),

changed_days as (

    {{ changed_days() }}

),

-- The first day that no run has yet seen to its end.
progress as (

    select
        count(*) = 0 as is_first_build,
        (
            select bool_or(changed_days.activity_date is null) from changed_days
        ) as is_all_changed,
        least(
            coalesce(
                min(activity_date) filter (where not is_complete),
                max(activity_date) + 1
            ),
            {{ local_date(run_at()) }}
        ) as open_date
    from published_days

),

reasoned_days as (

    select
        calendar_days.*,
        case
            -- Some table has it, for else the calendar would not.
            when calendar_days.is_gone then 'gone'
            else coalesce(
                {{ refresh_reason() }},
                case
                    when progress.is_all_changed then 'late change'
                    when changed_days.activity_date is not null then 'late change'
                    when unfinished_days.activity_date is not null then 'unfinished'
                    {% if is_full_run() %}
                        else 'full'
                    {% endif %}
                end
            )
        end as reason
    from calendar_days
    cross join progress
    left join published_days
        on calendar_days.activity_date = published_days.activity_date
    left join unfinished_days
        on calendar_days.activity_date = unfinished_days.activity_date
    left join changed_days
        on calendar_days.activity_date = changed_days.activity_date

)

select
    activity_date,
    day_starts_at,
    day_ends_at,
    reason
from reasoned_days
where reason is not null
