{#- What a column of the events can be of an event. -#}
{% macro event_roles() -%}
    {{ return(['user_id', 'course_id', 'kind', 'performed_at', 'properties']) }}
{%- endmacro %}


{#- By which columns events are read, and what their times are. -#}
{% macro reading_of_events() -%}
    {%- set columns = {} -%}
    {%- for role in fast_dau.event_roles() -%}
        {%- do columns.update({role: fast_dau.setting('events_columns').get(role, role)}) -%}
    {%- endfor -%}
    {{ return({
        'columns': columns,
        'type': fast_dau.setting('performed_at_type'),
        'unit': fast_dau.setting('performed_at_unit'),
        'zone': fast_dau.setting('performed_at_zone'),
    }) }}
{%- endmacro %}


{#- As versions up to 0.2.0, and their change logs, read them, which had no choice. -#}
{% macro reading_of_the_contract() -%}
    {%- set columns = {} -%}
    {%- for role in fast_dau.event_roles() -%} {%- do columns.update({role: role}) -%} {%- endfor -%}
    {{ return({'columns': columns, 'type': 'timestamp', 'unit': 'seconds', 'zone': 'UTC'}) }}
{%- endmacro %}


{#- As `fast-dau init --change-log` notes it with the columns that the log watches. -#}
{% macro digest_of_reading(reading) -%}
    {{ return(local_md5(tojson(reading, sort_keys=true))) }}
{%- endmacro %}


{#- Whether the tables there are were counted by another reading than this run's. -#}
{% macro is_read_otherwise() -%}
    {%- if target.type != 'postgres' or not fast_dau.is_built('user_day_activity') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set kept = fromjson(fast_dau.read_state('cast(model_vars as text) as kept')['kept']) -%}
    {{ return(
        kept.get('stg_events', fast_dau.reading_of_the_contract()) != fast_dau.reading_of_events()
    ) }}
{%- endmacro %}


{#- Every day is counted again where events are read otherwise. On Spark they are always
    read by the contract's names, under which `fast-dau export` writes them. -#}
{% macro settle_reading_of_events() -%}
    {%- if target.type == 'postgres' -%}
    {%- if fast_dau.is_read_otherwise() -%}
        {%- do fast_dau.note_all_days('changed') -%}
        {%- do log("fast-dau: this run reads other columns of the events, or their times in "
            ~ "another way, than the run before: it rebuilds every day", info=true) -%}
    {%- endif -%}
    {%- do fast_dau.write_state({'model_vars': "jsonb_set(model_vars, '{stg_events}', "
        ~ fast_dau.string_literals([tojson(fast_dau.reading_of_events())]) ~ ")"}) -%}
    {%- endif -%}
{%- endmacro %}
