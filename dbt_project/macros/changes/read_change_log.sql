{#- Pre-hook of refresh_days, in its transaction: adds what this rollup has not read of the
    change log to `pending_days`, and notes up to where it has read. Each rollup, known by
    the schema of its state, reads for itself; entries that all have read are deleted. -#}
{% macro read_change_log() -%}
    {%- if execute and fast_dau.is_run() and target.type == 'postgres' -%}
    update {{ fast_dau.rollup_state() }} set change_log_snapshot = pg_current_snapshot()
    {%- if fast_dau.change_log_exists() -%}
    {%- set watch = fast_dau.watch_of_events() -%}
    {%- do fast_dau.tell_of_change_log(watch) -%}
    ;
    -- One statement, so that what counts as read is what was read.
    with unread as materialized (
        {{ fast_dau.unread_changes(watch) }}
    ),

    noted as (
        insert into {{ fast_dau.pending_days() }} (activity_date, reason)
        select activity_date, reason from unread
        on conflict do nothing
    )

    {{ fast_dau.note_read(watch) if watch.has_rollups else 'select count(*) from unread' }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro note_read(watch) -%}
    insert into {{ fast_dau.change_log_rollups() }} (rollup, server, snapshot, watched, read_at)
    values (
        {{ fast_dau.string_literals([fast_dau.state_schema()]) }}, {{ fast_dau.this_server() }}, pg_current_snapshot(),
        {{ fast_dau.string_literals([tojson(watch.watched)]) if watch.is_whole else 'null' }}, now()
    )
    on conflict (rollup) do update set
        server = excluded.server, snapshot = excluded.snapshot,
        watched = excluded.watched, read_at = excluded.read_at;
    -- A transaction of the future, seen already, is one of a server that was dumped, whose
    -- entries each rollup has read as soon as it has read any on this one.
    delete from {{ fast_dau.change_log() }}
    where not exists (
        select from {{ fast_dau.change_log_rollups() }}
        where
            server <> {{ fast_dau.this_server() }}
            or not pg_visible_in_snapshot(transaction_id, snapshot)
            and transaction_id < pg_snapshot_xmax(pg_current_snapshot())
    )
{%- endmacro %}


{#- A query: days whose change stands in the log and has not been read by this rollup, and
    those on which nobody watched (`unwatched`); null: every day. Times before all history
    or to come, which no zone may be able to show, are of no day that is built. -#}
{% macro unread_changes(watch) -%}
    select distinct
        {{ fast_dau.local_date('performed_at') }} as activity_date,
        case when operation = 'install' then 'unwatched' else 'changed' end as reason
    from {{ fast_dau.change_log() }}
    where
        (performed_at is null or {{ fast_dau.is_valid_time('performed_at') }})
        {%- if watch.has_rollups %}
        and pg_visible_in_snapshot(
            transaction_id,
            (
                select snapshot from {{ fast_dau.change_log_rollups() }}
                where rollup = {{ fast_dau.string_literals([fast_dau.state_schema()]) }}
                    and server = {{ fast_dau.this_server() }}
            )
        ) is not true
        {%- endif %}
    {%- for name in watch.added %}
    union all
    {{ fast_dau.days_of_events(name) }}
    {%- endfor %}
    {%- if not watch.is_known %}
    union all
    select null, 'unwatched'
    {%- endif %}
{%- endmacro %}


{#- A query: the days from the first event of a partition attached since to its last. -#}
{% macro days_of_events(partition) -%}
    select first_date + n, 'unwatched'
    from (
        select
            {{ fast_dau.local_date(fast_dau.extreme_event_time('min')) }} as first_date,
            {{ fast_dau.local_date(fast_dau.extreme_event_time('max')) }} as last_date
        from (
            select {{ fast_dau.event_column('performed_at') }} as performed_at
            from {{ partition }}
        ) as events
        where {{ fast_dau.has_valid_time() }}
    ) as span
    cross join generate_series(0, last_date - first_date) as n
{%- endmacro %}


{#- A query: days known to have changed, with the reason, before a run reads the log. -#}
{% macro known_changes() -%}
    {%- if fast_dau.is_built('rollup_state') %}
    select activity_date, reason from {{ fast_dau.pending_days() }}
    {%- else %}
    select null::date as activity_date, null::{{ dbt.type_string() }} as reason
    where false
    {%- endif %}
    {%- if fast_dau.change_log_exists() %}
    union all
    select * from ({{ fast_dau.unread_changes(fast_dau.watch_of_events()) }}) as unread
    {%- endif %}
{%- endmacro %}
