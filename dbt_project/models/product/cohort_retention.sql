{{ config(
    unique_key=['cohort_date', 'day_number'],
    meta={
        'influence_days': 0,
        'grain': 'cohort',
        'moves_with': ['first'],
        'defined_by': ['cohort_days'],
        'is_made_of_tables': true,
    },
) }}

{% set cohort_days = setting('cohort_days') %}

with users as (

    select
        user_id,
        first_activity_date as cohort_date
    from {{ ref('user_lifetimes') }}
    where {{ is_affected_day('first_activity_date', days_before=cohort_days) }}

),

cohorts as (

    select
        cohort_date,
        count(*) as cohort_size
    from users
    group by cohort_date

),

-- All days of the affected cohorts, and the affected days of all others.
active_users as (

    select
        users.cohort_date,
        (user_days.activity_date - users.cohort_date)::int as day_number
    from users
    inner join {{ ref('user_day_activity').render() }} as user_days
        on
            users.user_id = user_days.user_id
            and users.cohort_date + {{ cohort_days }} >= user_days.activity_date
    where
        {{ is_affected_day('users.cohort_date') }}
        and {{ is_affected_day('user_days.activity_date', days_after=cohort_days) }}
    union all
    select
        users.cohort_date,
        (user_days.activity_date - users.cohort_date)::int as day_number
    from users
    inner join {{ ref('user_day_activity').render() }} as user_days
        on
            users.user_id = user_days.user_id
            and users.cohort_date + {{ cohort_days }} >= user_days.activity_date
    where
        {{ is_affected_day('user_days.activity_date') }}
        and not ({{ is_affected_day('users.cohort_date') }})

),

counted_cells as (

    select
        cohort_date,
        day_number,
        count(*) as users_count
    from active_users
    group by cohort_date, day_number

),

-- A cell whose day is not over is empty: it could only grow.
cells as (

    select
        first_days.activity_date as cohort_date,
        numbers.day_number,
        coalesce(cohorts.cohort_size, 0) as cohort_size,
        case
            when cell_days.is_complete
                then coalesce(counted_cells.users_count, 0)
        end as active_users
    from {{ ref('daily_active_users').render() }} as first_days
    cross join {{ whole_numbers(0, cohort_days) }} as numbers (day_number)
    left join {{ ref('daily_active_users').render() }} as cell_days
        on first_days.activity_date + numbers.day_number = cell_days.activity_date
    left join cohorts
        on first_days.activity_date = cohorts.cohort_date
    left join counted_cells
        on
            first_days.activity_date = counted_cells.cohort_date
            and numbers.day_number = counted_cells.day_number
    where {{ is_affected_cell('first_days.activity_date', 'numbers.day_number') }}

)

select
    cohort_date,
    day_number,
    cohort_size,
    active_users,
    {{ ratio('active_users', 'cohort_size') }} as retention_rate
from cells
