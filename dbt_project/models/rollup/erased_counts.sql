{{ config(
    unique_key='activity_date',
    full_refresh=false,
    grants={'select': []},
    pre_hook="{{ add_missing_counts() }}",
    post_hook="{{ ensure_index(['activity_date'], unique=true) }}",
) }}

-- A run only makes the table. `fast-dau forget --keep-counts` writes it, and no run
-- changes what it wrote, but for one that starts over (`settle_history`).
{% if is_incremental() %}
    select * from {{ this }}
{% else %}
    select
        null::date as activity_date,
        null::bigint as dau,
        null::bigint as events_count,
        {% for n in range(1, 8) %}
            null::bigint as returning_d{{ n }},
        {% endfor %}
        null::bigint as returning_users,
        null::bigint as wau_7d,
        null::bigint as mau_28d,
        null::bigint as new_users,
        null::bigint as dormant_users
    where false
{% endif %}
