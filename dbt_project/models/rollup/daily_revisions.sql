{{ config(
    unique_key='activity_date',
    meta={'influence_days': 0},
    post_hook="{{ ensure_index(['activity_date'], unique=true) }}",
) }}

-- depends_on: {{ ref('refresh_days') }}

with complete_days as (

    select * from {{ ref('daily_active_users') }}
    where
        is_complete
        and {{ is_affected_day('activity_date') }}

),

published_before as (

    {{ rows_before() }}

)

select
    complete_days.activity_date,
    coalesce(published_before.first_dau, complete_days.dau) as first_dau,
    complete_days.dau,
    coalesce(
        published_before.revisions_count
        + (published_before.dau <> complete_days.dau)::int,
        0
    ) as revisions_count,
    case
        when published_before.dau <> complete_days.dau then {{ run_at() }}
        else published_before.last_revised_at
    end as last_revised_at
from complete_days
left join published_before
    on complete_days.activity_date = published_before.activity_date
