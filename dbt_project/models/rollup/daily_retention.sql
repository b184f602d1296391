{{ config(
    unique_key='activity_date',
    meta={'influence_days': 7, 'is_made_of_tables': true},
) }}

with days as (

    select * from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

history as (

    select min(activity_date) as first_date from {{ ref('daily_active_users') }}

),

counted_days as (

    select
        activity_date,
        {% for n in range(1, 8) %}
            count(*) filter (where active_days_mask & {{ 2 ** (n - 1) }} <> 0)
                as returning_d{{ n }},
        {% endfor %}
        count(*) as returning_users
    from {{ ref('returning_users') }}
    where {{ is_affected_day('activity_date') }}
    group by activity_date

),

returning_days as (

    select
        days.*,
        {% for n in range(1, 8) %}
            coalesce(counted_days.returning_d{{ n }}, 0)
            + coalesce(erased_counts.returning_d{{ n }}, 0) as returning_d{{ n }},
        {% endfor %}
        coalesce(counted_days.returning_users, 0)
        + coalesce(erased_counts.returning_users, 0) as returning_users
    from days
    left join counted_days
        on days.activity_date = counted_days.activity_date
    left join {{ ref('erased_counts').render() }} as erased_counts
        on days.activity_date = erased_counts.activity_date

)

select
    returning_days.activity_date,
    returning_days.dau,
    returning_days.returning_users,
    {{ ratio('returning_days.returning_users', 'returning_days.dau') }}
        as retention_rate,
    {% for n in range(1, 8) %}
        returning_days.returning_d{{ n }},
    {% endfor %}
    returning_days.activity_date - 7 >= history.first_date as lookback_complete,
    returning_days.is_complete
from returning_days
cross join history
