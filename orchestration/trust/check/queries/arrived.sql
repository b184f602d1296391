{#- Whether an event of the days %(first)s to %(last)s was written since the latest run
    began to read events. A row has no time of arrival, but the transaction
    that wrote it, of which the last 32 bits: newer are those up to half of their range
    ahead. -#}
select exists (
    select from {{ relations.written_events }} as events
    where
        recorded_at >= {{ recorded("%(first)s::date - 2") }}
        and recorded_at < {{ recorded("%(last)s::date + 1 + 2") }}
        and mod(
            xmin::text::bigint + 4294967296
            - mod(pg_snapshot_xmin(state.change_log_snapshot)::text::bigint, 4294967296),
            4294967296
        ) < 2147483648
)
from {{ relations.rollup_state }} as state
