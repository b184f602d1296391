{{ config(
    unique_key='reason',
    meta={'influence_days': none},
) }}

{% set has_all = may_read_all_events() or rebuild_scope() == 'everything' %}

select
    reason,
    count(*) as events_count,
    min(performed_at) as earliest_performed_at,
    max(performed_at) as latest_performed_at
from {{ ref('stg_rejected_events') }}
{% if not has_all %}
    where reason != 'user_id is null'
{% endif %}
group by reason

{% if not has_all %}
    union all

    select
        reason,
        events_count,
        earliest_performed_at,
        latest_performed_at
    from {{ this }}
    where reason = 'user_id is null'
{% endif %}
