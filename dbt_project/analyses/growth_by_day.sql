-- Where do each day's users come from, and how many seem to have left?
select
    activity_date,
    dau,
    new_users,
    retained_users,
    resurrected_users,
    dormant_users,
    is_complete
from {{ ref('growth_accounting') }}
where
    activity_date >= {{ string_literals([setting('from_date')]) }}::date
    and activity_date <= {{ string_literals([setting('to_date')]) }}::date
order by activity_date
