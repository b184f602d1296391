select
    events.user_id,
    events.course_id,
    events.kind,
    events.performed_at,
    events.properties{{ event_days() }}
from {{ events(limited=true) }} as events
where {{ is_valid_event() }}
