{#- The table in which triggers on the events note changes of old rows; made by
    `fast-dau init --change-log`, beside the events. Cut to 63 bytes, not characters,
    or Postgres would cut off what tells it from the events. -#}
{% macro change_log() -%}
    {{ return(api.Relation.create(
        database=target.database,
        schema=var('events_schema'),
        identifier=var('events_table').encode()[:52].decode('utf-8', 'ignore')
            ~ '_change_log',
    )) }}
{%- endmacro %}


{% macro change_log_exists() -%}
    {%- if target.type != 'postgres' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query("select to_regclass('" ~ change_log() ~ "')") -%}
    {{ return(found.columns[0].values()[0] is not none) }}
{%- endmacro %}


{#- Days with logged changes; `activity_date` null stands for every day. -#}
{% macro changed_days() -%}
    {%- if execute and change_log_exists() -%}
    select distinct {{ local_date('performed_at') }} as activity_date
    from {{ change_log() }}
    {%- else -%}
    select null::date as activity_date
    where false
    {%- endif -%}
{%- endmacro %}


{#- Pre-hook of refresh_days: what events and the log held before they were read. Entries
    of transactions that were still open then are left for the next run. -#}
{% macro note_snapshot() -%}
    {%- if target.type == 'postgres' -%}
    update {{ rollup_state() }} set change_log_snapshot = pg_current_snapshot()
    {%- endif -%}
{%- endmacro %}


{#- The log leaves out what an ordinary run looks back on anyway, as of its making. -#}
{% macro check_change_log() -%}
    {%- if execute and change_log_exists() -%}
    {%- set logged_after_days = run_query(
        "select split_part(encode(tgargs, 'escape'), '\\', 1)::int from pg_trigger"
        ~ " where tgrelid = '" ~ source('app', 'events') ~ "'::regclass"
        ~ " and tgname = 'fast_dau_log_insert'"
    ) -%}
    {%- if logged_after_days | length
        and logged_after_days.columns[0].values()[0] >= var('lookback_days') -%}
        {%- do refuse("lookback_days is " ~ var('lookback_days') ~ ", but the change log "
            ~ "leaves out changes of the last " ~ logged_after_days.columns[0].values()[0]
            ~ " days, for which it needs to be larger. Make the log anew with "
            ~ "`fast-dau init --change-log`, which reads lookback_days from dbt_project.yml")
        -%}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
