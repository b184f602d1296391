-- How many people used each course on a day, and on each of the six days before?
select
    activity_date,
    course_id,
    dau
from {{ ref('daily_active_users_by_course') }}
where
    activity_date > {{ string_literals([setting('on_date')]) }}::date - 7
    and activity_date <= {{ string_literals([setting('on_date')]) }}::date
order by activity_date, course_id
