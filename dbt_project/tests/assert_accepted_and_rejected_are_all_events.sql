{{ config(meta={
    "dagster": {"ref": {"name": "rejected_events", "package": "fast_dau"}}
}) }}

-- depends_on: {{ ref('rejected_events') }}
-- depends_on: {{ ref('refresh_days') }}

{% set full_days = days_found(
    "select activity_date from " ~ ref('refresh_days')
    ~ " where reason in ('first build', 'full')"
) if execute and is_built('refresh_days') else [] %}

-- One statement, so that events that arrive meanwhile do not disturb.
with counted as (

    select
        (select count(*) from {{ source('app', 'events') }}) as all_events,
        (select count(*) from {{ ref('stg_events') }}) as accepted_events,
        (select count(*) from {{ ref('stg_rejected_events') }}) as rejected_events
    where {{ 'true' if full_days else 'false' }}

)

select *
from counted
where all_events <> accepted_events + rejected_events
