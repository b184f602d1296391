{#- By which columns events are read, and what their times are. -#}
{% macro reading_of_events() -%}
    {%- set columns = {} -%}
    {%- for role in ['user_id', 'course_id', 'kind', 'performed_at', 'properties'] -%}
        {%- do columns.update({role: fast_dau.setting('events_columns').get(role, role)}) -%}
    {%- endfor -%}
    {{ return({
        'columns': columns,
        'type': fast_dau.setting('performed_at_type'),
        'unit': fast_dau.setting('performed_at_unit'),
        'zone': fast_dau.setting('performed_at_zone'),
    }) }}
{%- endmacro %}


{#- Its digest, as `fast-dau init --change-log` has it of the columns that it watches. -#}
{% macro digest_of_reading() -%}
    {{ return(local_md5(tojson(fast_dau.reading_of_events(), sort_keys=true))) }}
{%- endmacro %}


{#- As it was in the run before; none: no run has kept it, as before there was a choice. -#}
{% macro is_read_otherwise() -%}
    {%- set kept = fromjson(fast_dau.read_state('cast(model_vars as text) as kept')['kept'])
        if target.type == 'postgres' and fast_dau.is_built('rollup_state') else {} -%}
    {{ return('stg_events' in kept and kept.stg_events != fast_dau.reading_of_events()) }}
{%- endmacro %}


{#- Every day is counted again where events are read otherwise. On Spark they are always
    read by the contract's names, under which `fast-dau export` writes them. -#}
{% macro settle_reading_of_events() -%}
    {%- if target.type == 'postgres' -%}
    {%- if fast_dau.is_read_otherwise() -%}
        {%- do fast_dau.note_all_days('changed') -%}
        {%- do log("fast-dau: events are read by other columns, or their times in another way, "
            ~ "than by the run before: this run rebuilds every day", info=true) -%}
    {%- endif -%}
    {%- do fast_dau.write_state({'model_vars': "jsonb_set(model_vars, '{stg_events}', "
        ~ fast_dau.string_literals([tojson(fast_dau.reading_of_events())]) ~ ")"}) -%}
    {%- endif -%}
{%- endmacro %}
