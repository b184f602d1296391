{#- What watches the events, for a change log that is there:
    `watched`: by each table of theirs, partitions and children included, its file and the
    triggers on it, which change when it is truncated, or when they are switched off and
    on; `unwatched`: names of those whose triggers are not all there and always on;
    `is_whole`: none is unwatched, and the log knows who reads it (`has_rollups`);
    `is_known`: all is as this rollup found it when it last read the log, but for
    partitions that were attached since, which are `added`. -#}
{% macro watch_of_events() -%}
    {%- set has_rollups = fast_dau.exists_now(fast_dau.change_log_rollups()) -%}
    {%- set kept = run_query(
        'select watched from ' ~ fast_dau.change_log_rollups() ~ ' where rollup = '
        ~ fast_dau.string_literals([fast_dau.state_schema()]) ~ ' and server = ' ~ fast_dau.this_server()
    ).columns[0].values() if has_rollups else [] -%}
    {%- set before = fromjson(kept[0]) if kept and kept[0] else {} -%}
    {%- set watched, unwatched, added = {}, [], [] -%}
    {%- for row in run_query(fast_dau.triggers_of_events()).rows -%}
        {%- do watched.update({row['relation_id']: row['watch']}) -%}
        {%- do unwatched.append(row['name']) if not row['is_watched'] -%}
        {%- do added.append(row['name']) if before and row['relation_id'] not in before -%}
    {%- endfor -%}
    {%- set is_whole = has_rollups and not unwatched -%}
    {{ return({
        'has_rollups': has_rollups, 'watched': watched, 'unwatched': unwatched,
        'is_whole': is_whole, 'added': added,
        'is_known': is_whole and before != {} and dict(watched, **before) == watched,
    }) }}
{%- endmacro %}


{% macro triggers_of_events() -%}
    with recursive relations as (
        select {{ fast_dau.string_literals([fast_dau.beside_events('')]) }}::regclass as relation, true
            as is_root
        union
        select inhrelid::regclass, false from pg_inherits
        join relations on inhparent = relation
    )

    select
        relation::oid::text as relation_id,
        relation::text as name,
        concat_ws(
            ' ', pg_relation_filenode(relation),
            string_agg(pg_trigger.oid || ':' || pg_trigger.xmin, ' ' order by pg_trigger.oid)
        ) as watch,
        count(*) filter (where tgname in (
            'fast_dau_log_insert', 'fast_dau_log_update', 'fast_dau_log_delete'
        ) and tgenabled = 'A') = 3
        and (
            not is_root
            or bool_or(tgname = 'fast_dau_log_truncate' and tgenabled = 'A')
        ) as is_watched
    from relations
    left join pg_trigger on
        tgrelid = relation and tgfoid = to_regproc(
            {{ fast_dau.string_literals([fast_dau.change_log().include(database=false)]) }}
        )
    group by relation, is_root
    order by relation::text
{%- endmacro %}


{#- An expression: which server this is. The numbers of transactions, by which changes are
    told from those read before, are of one server. -#}
{% macro this_server() -%}
    (select system_identifier::text from pg_control_system())
{%- endmacro %}


{#- Says in the run's output what somebody has to put right. -#}
{% macro tell_of_change_log(watch) -%}
    {%- set events = fast_dau.setting('events_schema') ~ '.' ~ fast_dau.setting('events_table') -%}
    {%- if not watch.is_whole -%}
        {%- do log("fast-dau: the change log does not watch "
            ~ (watch.unwatched | join(', ') or events)
            ~ ", because triggers are missing or switched off, or an earlier version made"
            ~ " them: this run rebuilds every day, as will those to come, until"
            ~ " `fast-dau init --change-log` has mended it", info=true) -%}
    {%- elif not watch.is_known -%}
        {%- do log("fast-dau: this run rebuilds every day, because this rollup has not read"
            ~ " the change log of " ~ events ~ " before, or its triggers have changed, or a"
            ~ " table of it was truncated or is gone", info=true) -%}
    {%- endif -%}
    {%- for row in (run_query(
        "select rollup, to_char(read_at, 'YYYY-MM-DD') as read_on from "
        ~ fast_dau.change_log_rollups() ~ " where read_at < now() - interval '7 days' and rollup <> "
        ~ fast_dau.string_literals([fast_dau.state_schema()])
    ).rows if watch.has_rollups else []) -%}
        {%- do log("fast-dau: the rollup " ~ row['rollup'] ~ " last read the change log of "
            ~ events ~ " on " ~ row['read_on'] ~ ", and entries are kept for it. If it is"
            ~ " gone: fast-dau init --strike-off " ~ row['rollup'], info=true) -%}
    {%- endfor -%}
{%- endmacro %}
