{{ config(
    unique_key='activity_date',
    post_hook="{{ ensure_index(['activity_date'], unique=true) }}",
) }}

{%- set backfill = var('start_date') is not none %}
{%- set rebuilds_all = flags.FULL_REFRESH or var('refresh') == 'full' %}

with calendar_days as (

    select * from {{ ref('calendar_days') }}

),

published_days as (

    {{ published_days() }}

),

-- The first day that no run has yet seen to its end.
progress as (

    select
        count(*) = 0 as is_first_build,
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
            when progress.is_first_build then 'first build'
            {% if rebuilds_all %}
                else 'full'
            {% else %}
                {% if backfill %}
                    when
                        calendar_days.activity_date >= date '{{ var("start_date") }}'
                        and calendar_days.activity_date <= date '{{ var("end_date") }}'
                        then 'backfill'
                {% endif %}
                -- An event older than all history, or a run that did not finish.
                when published_days.activity_date is null then 'missing'
                {% if backfill %}
                    -- Only where the day has turned since the last run, the backfill
                    -- has to be the run that closes the days before it too.
                    when progress.open_date = {{ local_date(run_at()) }} then null
                {% endif %}
                when calendar_days.activity_date >= progress.open_date then 'open'
                when
                    calendar_days.activity_date
                    >= progress.open_date - {{ var('lookback_days') }}
                    then 'lookback'
            {% endif %}
        end as reason
    from calendar_days
    cross join progress
    left join published_days
        on calendar_days.activity_date = published_days.activity_date

)

select
    activity_date,
    day_starts_at,
    day_ends_at,
    reason
from reasoned_days
where reason is not null
