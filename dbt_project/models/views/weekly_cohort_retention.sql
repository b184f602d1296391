with weeks as (

    select
        date_trunc('week', cohort_date::timestamp)::date as cohort_week,
        day_number,
        sum(cohort_size)::bigint as cohort_size,
        -- Null until the last cohort's day is over.
        case
            when bool_and(active_users is not null)
                then sum(active_users)::bigint
        end as active_users
    from {{ ref('cohort_retention') }}
    group by cohort_week, day_number

)

select
    cohort_week,
    day_number,
    cohort_size,
    active_users,
    {{ ratio('active_users', 'cohort_size') }} as retention_rate
from weeks
