select
    today.activity_date,
    count(*) as dau,
    count(*) filter (
        where coalesce(
            {% for n in range(1, 8) %}
                day_{{ n }}.user_id{{ ',' if not loop.last }}
            {% endfor %}
        ) is not null
    ) as returning_users,
    {% for n in range(1, 8) %}
        count(day_{{ n }}.user_id) as returning_d{{ n }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('user_day_activity') }} as today
{% for n in range(1, 8) %}
    left join {{ ref('user_day_activity') }} as day_{{ n }}
        on
            today.user_id = day_{{ n }}.user_id
            and day_{{ n }}.activity_date = today.activity_date - {{ n }}
{% endfor %}
{% if is_incremental() %}
    where today.activity_date >= (
        select max(activity_date) - {{ var('lookback_days') }} from {{ this }}
    )
{% endif %}
group by today.activity_date
