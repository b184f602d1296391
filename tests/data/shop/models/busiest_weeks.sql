{{ config(materialized='view') }}

select
    date_trunc('week', activity_date)::date as week,
    max(dau) as dau
from {{ ref('daily_active_users') }}
group by week
