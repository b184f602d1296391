{#- Pre-hook of refresh_days, in its transaction: adds what this rollup has not read of the
    change log to `pending_days`, and notes up to where it has read. Each rollup, known by
    the schema of its state, reads for itself; entries that all have read are deleted. -#}
{% macro read_change_log() -%}
    {%- if execute and is_run() and target.type == 'postgres' -%}
    update {{ rollup_state() }} set change_log_snapshot = pg_current_snapshot()
    {%- if change_log_exists() -%}
    {%- set watch = watch_of_events() -%}
    {%- do tell_of_change_log(watch) -%}
    ;
    -- One statement, so that what counts as read is what was read.
    with unread as materialized (
        {{ unread_changes(watch) }}
    ),

    noted as (
        insert into {{ pending_days() }} (activity_date, reason)
        select activity_date, reason from unread
        on conflict do nothing
    )

    {{ note_read(watch) if watch.has_rollups else 'select count(*) from unread' }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro note_read(watch) -%}
    insert into {{ change_log_rollups() }} (rollup, server, snapshot, watched, read_at)
    values (
        {{ string_literals([state_schema()]) }}, {{ this_server() }}, pg_current_snapshot(),
        {{ string_literals([tojson(watch.watched)]) if watch.is_whole else 'null' }}, now()
    )
    on conflict (rollup) do update set
        server = excluded.server, snapshot = excluded.snapshot,
        watched = excluded.watched, read_at = excluded.read_at;
    -- A transaction of the future, seen already, is one of a server that was dumped, whose
    -- entries each rollup has read as soon as it has read any on this one.
    delete from {{ change_log() }}
    where not exists (
        select from {{ change_log_rollups() }}
        where
            server <> {{ this_server() }}
            or not pg_visible_in_snapshot(transaction_id, snapshot)
            and transaction_id < pg_snapshot_xmax(pg_current_snapshot())
    )
{%- endmacro %}


{#- A query: days whose change stands in the log and has not been read by this rollup, and
    those on which nobody watched (`unwatched`); null: every day. Times before all history
    or to come, which no zone may be able to show, are of no day that is built. -#}
{% macro unread_changes(watch) -%}
    select distinct
        {{ local_date('performed_at') }} as activity_date,
        case when operation = 'install' then 'unwatched' else 'changed' end as reason
    from {{ change_log() }}
    where
        (performed_at is null or {{ is_valid_time('performed_at') }})
        {%- if watch.has_rollups %}
        and pg_visible_in_snapshot(
            transaction_id,
            (
                select snapshot from {{ change_log_rollups() }}
                where rollup = {{ string_literals([state_schema()]) }}
                    and server = {{ this_server() }}
            )
        ) is not true
        {%- endif %}
    {%- for name in watch.added %}
    union all
    {{ days_of_events(name) }}
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
            {{ local_date('min(performed_at)') }} as first_date,
            {{ local_date('max(performed_at)') }} as last_date
        from {{ partition }}
        where {{ is_valid_time('performed_at') }}
    ) as span
    cross join generate_series(0, last_date - first_date) as n
{%- endmacro %}


{#- A query: days known to have changed, with the reason, before a run reads the log. -#}
{% macro known_changes() -%}
    {%- if is_built('rollup_state') %}
    select activity_date, reason from {{ pending_days() }}
    {%- else %}
    select null::date as activity_date, null::{{ dbt.type_string() }} as reason
    where false
    {%- endif %}
    {%- if change_log_exists() %}
    union all
    select * from ({{ unread_changes(watch_of_events()) }}) as unread
    {%- endif %}
{%- endmacro %}
