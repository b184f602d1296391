{{ config(
    unique_key='user_id',
    meta={'influence_days': 0, 'grain': 'user', 'is_made_of_tables': true},
    post_hook=[
        "{{ ensure_index(['first_activity_date', 'user_id']) }}",
        "{{ ensure_index(['last_activity_date']) }}",
    ],
) }}

with refreshed as (

    select
        user_id,
        min(activity_date) as first_activity_date,
        max(activity_date) as last_activity_date
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date') }}
    group by user_id

),

known as (

    {{ rows_before() }}

),

-- A bound on a refreshed day on which the user is no longer active has to be looked for
-- among the other days.
bounds as (

    select
        coalesce(known.user_id, refreshed.user_id) as user_id,
        case
            when
                {{ is_affected_day('known.first_activity_date') }}
                and (
                    refreshed.user_id is null
                    or refreshed.first_activity_date > known.first_activity_date
                )
                then {{ bound_of_other_days('min') }}
            else least(known.first_activity_date, refreshed.first_activity_date)
        end as first_activity_date,
        case
            when
                {{ is_affected_day('known.last_activity_date') }}
                and (
                    refreshed.user_id is null
                    or refreshed.last_activity_date < known.last_activity_date
                )
                then {{ bound_of_other_days('max') }}
            else greatest(known.last_activity_date, refreshed.last_activity_date)
        end as last_activity_date
    from refreshed
    full join known
        on refreshed.user_id = known.user_id

)

select * from bounds
where first_activity_date is not null
