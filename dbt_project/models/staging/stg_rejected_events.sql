{#- One branch per reason, each on a bound that an index serves: the table is never
    scanned for its few bad rows. The branches exclude each other. -#}

select
    performed_at,
    'performed_at is null' as reason
from {{ source('app', 'events') }}
where
    performed_at is null
    and {{ event_date('is null') }}

union all

select
    performed_at,
    'performed_at is infinite' as reason
from {{ source('app', 'events') }}
where
    performed_at in ({{ infinite_time('-') }}, {{ infinite_time() }})
    and {{ event_date("in (date '0001-01-01', date '9999-12-31')") }}

union all

select
    performed_at,
    'performed_at is before events_start_date' as reason
from {{ source('app', 'events') }}
where
    performed_at > {{ infinite_time('-') }}
    and performed_at < {{ earliest_valid_time() }}
    and {{ event_date("<= date '" ~ setting('events_start_date') ~ "'") }}

union all

select
    performed_at,
    'performed_at is in the future' as reason
from {{ source('app', 'events') }}
where
    performed_at > {{ latest_valid_time() }}
    and performed_at < {{ infinite_time() }}
    and {{ event_date('>= (' ~ latest_valid_time() ~ ')::date') }}

union all

select
    performed_at,
    'user_id is null' as reason
from {{ source('app', 'events') }}
where
    user_id is null
    and {{ is_valid_time('performed_at') }}
