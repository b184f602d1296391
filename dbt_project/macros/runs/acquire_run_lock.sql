{#- Waits for the run that holds the run lock, as long as that shows itself in a session, or
    `wait_minutes` is not over; then takes it, in a transaction that is left open.

    No session of dbt's lives as long as a run, so the lock is a row; an advisory lock is
    held by each model's transaction (`begin_model`). A run that died without a word is one
    that nothing was seen of for `silent_seconds`. -#}
{% macro default__acquire_run_lock() -%}
    {%- do fast_dau.create_rollup_state() -%}
    {%- set lock = namespace(is_ours=false, holder=none, silence=0) -%}
    {%- for second in range(fast_dau.setting('wait_minutes') * 60 + 2) if not lock.is_ours -%}
        {%- set seen = run_query(fast_dau.run_lock_holder()).rows[0] -%}
        {%- set is_same = seen['run_id'] == lock.holder -%}
        {%- set lock.silence = lock.silence + 1 if is_same and not seen['is_alive'] else 0 -%}
        {%- set lock.holder = seen['run_id'] -%}
        {%- if lock.holder is none or lock.silence > fast_dau.setting('silent_seconds') -%}
            {%- set lock.is_ours = fast_dau.take_run_lock(lock.holder) -%}
        {%- else -%}
            {%- do log("fast-dau: waiting for the run that began at " ~ seen['began_at']
                ~ " (" ~ lock.holder ~ ")", info=true) if not is_same or second % 60 == 0 -%}
            {%- do run_query("commit; select pg_sleep(1) /* fast-dau waits */") -%}
        {%- endif -%}
        {%- do run_query("commit /* fast-dau waits */") if not lock.is_ours -%}
    {%- endfor -%}
    {%- if not lock.is_ours -%}
        {%- do fast_dau.refuse("the run " ~ lock.holder ~ " is still at work after "
            ~ fast_dau.setting('wait_minutes') ~ " minutes of waiting (fast_dau_wait_minutes)") -%}
    {%- endif -%}
    {%- do fast_dau.list_tables_anew() -%}
{%- endmacro %}


{#- Which run holds the lock, and whether any session is at its work. In this project dbt
    puts the run's id into a comment at the start of each query (`query-comment` in
    dbt_project.yml). Where the project is a package it does not: then any session of the
    same role, address and application counts, but for one that waits. Between two queries a
    run's sessions are idle, but not for a minute, unlike one in which somebody has repeated
    a query of a run that is dead. -#}
{% macro run_lock_holder() -%}
    select
        run_id,
        to_char(run_started_at, 'YYYY-MM-DD HH24:MI:SS TZ') as began_at,
        exists (
            select from pg_stat_activity
            where
                pid <> pg_backend_pid()
                and case
                    when run_client is null
                        then starts_with(query, '/* fast-dau ' || run_id)
                    else
                        {{ fast_dau.client_of_session() }} = run_client
                        and position('fast-dau waits' in query) = 0
                end
                and (
                    state <> 'idle'
                    or state_change > clock_timestamp() - interval '60 seconds'
                )
        ) as is_alive
    from {{ fast_dau.rollup_state() }} /* fast-dau waits */
{%- endmacro %}


{% macro client_of_session() -%}
    concat_ws(' ', usename, coalesce(client_addr::text, 'local'), application_name)
{%- endmacro %}


{#- Takes the lock from the run seen to hold it, or from nobody. False: another was quicker.
    Waits until no model of the run before is in its transaction; by then, other isolation
    levels would see the state of before. -#}
{% macro take_run_lock(holder) -%}
    {%- do run_query("commit; begin isolation level read committed") -%}
    {%- do run_query("select pg_advisory_xact_lock(" ~ fast_dau.run_lock_key() ~ ")") -%}
    {%- set taken = run_query(
        "update " ~ fast_dau.rollup_state()
        ~ " set run_started_at = clock_timestamp(), run_client = ("
        ~ "select " ~ fast_dau.client_of_session()
        ~ " from pg_stat_activity where pid = pg_backend_pid()"
        ~ " and not starts_with(query, '/* fast-dau " ~ invocation_id ~ "')), run_id = '"
        ~ invocation_id ~ "' where run_id is not distinct from "
        ~ ("'" ~ holder ~ "'" if holder else 'null') ~ " returning run_id"
    ) -%}
    {%- if taken | length and holder -%}
        {%- do log("fast-dau: the run " ~ holder ~ " stopped without a word; what it "
            ~ "left undone is done by this one", info=true) -%}
    {%- endif -%}
    {{ return(taken | length == 1) }}
{%- endmacro %}


{% macro run_lock_key() -%}
    hashtextextended('fast-dau rollup {{ fast_dau.state_schema() }}', 0)
{%- endmacro %}
