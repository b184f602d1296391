{#- On-run-start: one run at a time on the rollup. Waits for the run whose turn it is,
    as long as that shows itself in a session, or var `wait_minutes` is not over.

    No session of dbt's lives as long as a run, so the turn is a row, not a lock; the
    advisory lock is held by each model's transaction (`begin_model`). A run that
    died without a word is one that nothing was seen of for so many seconds.
    The turn is taken in the transaction that also settles what this run starts from, so
    that a run that is refused, or fails in it, never had it. -#}
{% macro take_turn() -%}
    {%- if execute and fast_dau.is_run() -%}
    {%- do fast_dau.require_events() -%}
    {%- do fast_dau.refuse_empty() -%}
    {%- do adapter.dispatch('claim_rollup', 'fast_dau')() -%}
    {%- set history = fast_dau.find_history() -%}
    {%- set objection = fast_dau.objection_to_run(history) -%}
    {%- if objection -%}
        {%- do adapter.dispatch('give_back', 'fast_dau')() -%}
        {%- do fast_dau.refuse(objection) -%}
    {%- endif -%}
    {%- do fast_dau.settle_definitions() -%}
    {%- do fast_dau.settle_history(history) -%}
    {%- do fast_dau.settle_clock() -%}
    {%- do fast_dau.open_selected_tables() -%}
    {%- do fast_dau.commit_state() -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether dbt's command is one that builds models of the rollup; no other takes the turn,
    nor does a run of models beside it. `dbt retry` does not say what it selects. -#}
{% macro is_run() -%}
    {%- set is_of_rollup = selected_resources == [] or fast_dau.rollup_nodes()
        | selectattr('unique_id', 'in', selected_resources) | list != [] -%}
    {{ return(flags.WHICH in ['build', 'run', 'retry'] and is_of_rollup) }}
{%- endmacro %}


{% macro objection_to_run(history) -%}
    {{ return(
        fast_dau.objection_to_definitions() or fast_dau.objection_to_clock() or history.objection
        or fast_dau.objection_to_selection()
    ) }}
{%- endmacro %}


{% macro default__claim_rollup() -%}
    {%- do fast_dau.create_rollup_state() -%}
    {%- set turn = namespace(is_ours=false, holder=none, silence=0) -%}
    {%- for second in range(var('wait_minutes') * 60 + 2) if not turn.is_ours -%}
        {%- set seen = run_query(fast_dau.seen_of_holder()).rows[0] -%}
        {%- set is_same = seen['run_id'] == turn.holder -%}
        {%- set turn.silence = turn.silence + 1 if is_same and not seen['is_alive'] else 0 -%}
        {%- set turn.holder = seen['run_id'] -%}
        {%- if turn.holder is none or turn.silence > var('silent_seconds') -%}
            {%- set turn.is_ours = fast_dau.claim_turn(turn.holder) -%}
        {%- else -%}
            {%- if not is_same or second % 60 == 0 -%}
                {%- do log("fast-dau: waiting for the run that began at "
                    ~ seen['began_at'] ~ " (" ~ turn.holder ~ ")", info=true) -%}
            {%- endif -%}
            {%- do run_query("commit; select pg_sleep(1) /* fast-dau waits */") -%}
        {%- endif -%}
        {%- do run_query("commit /* fast-dau waits */") if not turn.is_ours -%}
    {%- endfor -%}
    {%- if not turn.is_ours -%}
        {%- do fast_dau.refuse("the run " ~ turn.holder ~ " is still at work after "
            ~ var('wait_minutes') ~ " minutes of waiting (var wait_minutes)") -%}
    {%- endif -%}
    {%- do fast_dau.list_tables_anew() -%}
{%- endmacro %}


{#- Spark has no lock: the turn is taken (`require_turn`). -#}
{% macro spark__claim_rollup() -%}
    {%- do fast_dau.create_rollup_state() -%}
    {%- do fast_dau.write_state({'run_id': fast_dau.string_literals([invocation_id])}) -%}
    {%- do fast_dau.finish_swaps() -%}
    {%- do fast_dau.recover_event_days() -%}
{%- endmacro %}


{#- Who has the turn, and whether any session is at its work. In this project dbt puts the
    run's id into a comment at the start of each query (`query-comment` in dbt_project.yml).
    Where the project is a package it does not: then any session of the same role, address
    and application counts, but for one that waits. Between two queries a run's sessions
    are idle, but not for a minute, unlike one in which somebody has repeated a query of a
    run that is dead. -#}
{% macro seen_of_holder() -%}
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


{#- Takes the turn from the run seen to have it, or from nobody, in a transaction that is
    left open. False: another was quicker. Waits until no model of the run before is in its
    transaction; by then, other isolation levels would see the state of before. -#}
{% macro claim_turn(holder) -%}
    {%- do run_query("commit; begin isolation level read committed") -%}
    {%- do run_query("select pg_advisory_xact_lock(" ~ fast_dau.turn_lock() ~ ")") -%}
    {%- set claimed = run_query(
        "update " ~ fast_dau.rollup_state() ~ " set run_started_at = clock_timestamp(), run_client = ("
        ~ "select " ~ fast_dau.client_of_session() ~ " from pg_stat_activity where pid = pg_backend_pid()"
        ~ " and not starts_with(query, '/* fast-dau " ~ invocation_id ~ "')), run_id = '"
        ~ invocation_id ~ "' where run_id is not distinct from "
        ~ ("'" ~ holder ~ "'" if holder else 'null') ~ " returning run_id"
    ) -%}
    {%- if claimed | length and holder -%}
        {%- do log("fast-dau: the run " ~ holder ~ " stopped without a word; what it "
            ~ "left undone is done by this one", info=true) -%}
    {%- endif -%}
    {{ return(claimed | length == 1) }}
{%- endmacro %}


{% macro default__give_back() -%}
    {%- do run_query('rollback') -%}
{%- endmacro %}


{% macro spark__give_back() -%}
    {%- do fast_dau.write_state({'run_id': 'null'}) -%}
{%- endmacro %}


{% macro commit_state() -%}
    {%- do run_query('commit') if target.type == 'postgres' -%}
{%- endmacro %}
