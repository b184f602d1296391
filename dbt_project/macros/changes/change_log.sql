{#- The table in which triggers on the events note changes of old rows; made by
    `fast-dau init --change-log`, beside the events. -#}
{% macro change_log() -%}
    {{ return(fast_dau.beside_events('_change_log')) }}
{%- endmacro %}


{#- The rollups that read it, each with whose changes it has read. -#}
{% macro change_log_rollups() -%}
    {{ return(fast_dau.beside_events('_change_log_rollups')) }}
{%- endmacro %}


{#- Cut to 63 bytes, not characters, or Postgres would cut off what tells it apart. Without a
    suffix: the events, as a name alone, which source() is not with dbt's --empty. -#}
{% macro beside_events(suffix) -%}
    {{ return(api.Relation.create(
        database=target.database,
        schema=fast_dau.setting('events_schema'),
        identifier=fast_dau.setting('events_table').encode()[:63 - suffix | length]
            .decode('utf-8', 'ignore') ~ suffix,
    )) }}
{%- endmacro %}


{% macro change_log_exists() -%}
    {{ return(target.type == 'postgres' and fast_dau.exists_now(fast_dau.change_log())) }}
{%- endmacro %}


{% macro exists_now(relation) -%}
    {%- set found = run_query(
        'select to_regclass(' ~ fast_dau.string_literals([relation]) ~ ') is not null'
    ) -%}
    {{ return(found.columns[0].values()[0]) }}
{%- endmacro %}


{#- The log leaves out what an ordinary run looks back on anyway, as of its making. -#}
{% macro check_change_log() -%}
    {%- if execute and fast_dau.change_log_exists() -%}
    {%- set lookback_days = fast_dau.setting('lookback_days') -%}
    {%- for trigger in run_query(
        "select split_part(args, '\\000', 1)::int as days, split_part(args, '\\000', 3) as reading"
        ~ " from pg_trigger, lateral (select encode(tgargs, 'escape') as args) as encoded"
        ~ " where tgrelid = to_regclass(" ~ fast_dau.string_literals([fast_dau.beside_events('')])
        ~ ") and tgname = 'fast_dau_log_insert'"
    ).rows -%}
        {%- set watched = trigger['reading']
            or fast_dau.digest_of_reading(fast_dau.reading_of_the_contract()) -%}
        {%- do fast_dau.refuse("the change log of the events was made for other columns, or "
            ~ "times of another kind, than this run reads: make it anew with "
            ~ "`fast-dau init --change-log`")
            if watched != fast_dau.digest_of_reading(fast_dau.reading_of_events()) -%}
        {%- do fast_dau.refuse("fast_dau_lookback_days is " ~ lookback_days
            ~ ", but the change log leaves out changes of the last " ~ trigger['days']
            ~ " days, for which it needs to be larger. Make the log anew with "
            ~ "`fast-dau init --change-log`, which reads it from dbt_project.yml")
            if trigger['days'] >= lookback_days -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
