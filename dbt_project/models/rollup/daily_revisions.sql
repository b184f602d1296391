{{ config(
    unique_key='activity_date',
    meta={'influence_days': 0, 'is_made_of_tables': true},
) }}

with complete_days as (

    select * from {{ ref('daily_active_users') }}
    where
        is_complete
        and {{ is_affected_day('activity_date') }}

),

published_before as (

    {{ rows_before() }}

),

-- That a person was erased is no revision.
compared as (

    select
        complete_days.activity_date,
        complete_days.dau,
        published_before.first_dau,
        published_before.revisions_count,
        published_before.last_revised_at,
        published_before.dau <> complete_days.dau
        and (refresh_days.reason = 'erased') is not true as is_revised
    from complete_days
    left join published_before
        on complete_days.activity_date = published_before.activity_date
    left join {{ ref('refresh_days').render() }} as refresh_days
        on complete_days.activity_date = refresh_days.activity_date

)

select
    activity_date,
    coalesce(first_dau, dau) as first_dau,
    dau,
    coalesce(revisions_count + is_revised::int, 0) as revisions_count,
    case
        when is_revised then {{ run_at() }}
        else last_revised_at
    end as last_revised_at
from compared
