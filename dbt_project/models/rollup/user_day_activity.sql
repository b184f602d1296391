{{ config(
    unique_key=['user_id', 'activity_date'],
    partition_by='activity_date',
    meta={'influence_days': 0},
    pre_hook="{{ parallel_days() }}",
    post_hook=[
        "{{ ensure_index(['activity_date', 'user_id']) }}",
        "{{ refuse_purge_meanwhile() }}",
    ],
) }}

{% call each_day() %}
    select
        events.user_id,
        count(*) as events_count,
        {{ extreme_event_time('min') }} as first_event_at,
        {{ extreme_event_time('max') }} as last_event_at
    from {{ valid_events() }} as events
    where {{ is_active_event() }}
    group by events.user_id
{% endcall %}
