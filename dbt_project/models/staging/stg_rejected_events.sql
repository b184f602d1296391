{#- One branch per reason, each on a bound that an index serves: the table is never
    scanned for its few bad rows. The branches exclude each other. -#}

select
    {{ event_time() }} as performed_at,
    'performed_at is null' as reason
from {{ events(limited=true) }} as events
where
    events.performed_at is null
    and {{ event_date('is null') }}

union all

select
    {{ event_time() }} as performed_at,
    'performed_at is infinite' as reason
from {{ events(limited=true) }} as events
where
    {{ is_infinite() }}
    and {{ event_date("in (date '0001-01-01', date '9999-12-31')") }}

union all

select
    {{ event_time() }} as performed_at,
    'performed_at is before events_start_date' as reason
from {{ events(limited=true) }} as events
where
    {{ is_before(earliest_valid_time()) }}
    and not ({{ is_infinite() }})
    and {{ event_date("<= date '" ~ setting('events_start_date') ~ "'") }}

union all

select
    {{ event_time() }} as performed_at,
    'performed_at is in the future' as reason
from {{ events(limited=true) }} as events
where
    {{ is_after(latest_valid_time()) }}
    and not ({{ is_infinite() }})
    and {{ event_date('>= (' ~ latest_valid_time() ~ ')::date') }}

union all

select
    {{ event_time() }} as performed_at,
    'user_id is null' as reason
from {{ events(limited=true) }} as events
where
    events.user_id is null
    and {{ has_valid_time() }}
