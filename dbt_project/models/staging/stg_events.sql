select
    user_id,
    course_id,
    kind,
    performed_at,
    properties{{ event_days() }}
from {{ source('app', 'events') }}
where
    user_id is not null
    and {{ is_valid_time('performed_at') }}
