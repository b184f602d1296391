{#- One branch per reason, each on a bound that an index serves: the table is never
    scanned for its few bad rows. The branches exclude each other. -#}

select
    performed_at,
    'performed_at is null' as reason
from {{ source('app', 'events') }}
where performed_at is null

union all

select
    performed_at,
    'performed_at is infinite' as reason
from {{ source('app', 'events') }}
where performed_at in ('-infinity', 'infinity')

union all

select
    performed_at,
    'performed_at is before events_start_date' as reason
from {{ source('app', 'events') }}
where
    performed_at > '-infinity'
    and performed_at < {{ earliest_valid_time() }}

union all

select
    performed_at,
    'performed_at is in the future' as reason
from {{ source('app', 'events') }}
where
    performed_at > {{ latest_valid_time() }}
    and performed_at < 'infinity'

union all

select
    performed_at,
    'user_id is null' as reason
from {{ source('app', 'events') }}
where
    user_id is null
    and {{ is_valid_time('performed_at') }}
