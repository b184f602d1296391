{#- Refuses a run on events whose columns are not those that the variables name, or of other
    types than they say. A domain counts as the type that it is made of. -#}
{% macro require_columns() -%}
    {%- set table = fast_dau.setting('events_schema') ~ '.' ~ fast_dau.setting('events_table') -%}
    {%- set types = fast_dau.column_types(fast_dau.beside_events('')) -%}
    {%- for role, said in fast_dau.types_of_roles().items() -%}
        {%- set column = fast_dau.setting('events_columns').get(role, role) -%}
        {%- set remedy = ": `fast-dau init --table " ~ table ~ "` finds the columns and their "
            ~ "types, and keeps them in dbt_project.yml" -%}
        {%- if column and column not in types -%}
            {%- do fast_dau.refuse(table ~ " has no column " ~ column ~ ", which is to be the "
                ~ role ~ " of an event" ~ remedy) -%}
        {%- elif column and said and types[column] != said -%}
            {%- do fast_dau.refuse("the column " ~ column ~ " of " ~ table ~ " is of type "
                ~ types[column] ~ ", and fast_dau_" ~ role ~ "_type is "
                ~ fast_dau.setting(role ~ '_type') ~ remedy) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- By role, the type that the column is to be of, as the catalog names it; none: any. -#}
{% macro types_of_roles() -%}
    {%- set time = fast_dau.setting('performed_at_type') -%}
    {{ return({
        'user_id': fast_dau.setting('user_id_type'),
        'course_id': fast_dau.setting('course_id_type'),
        'kind': none,
        'performed_at': {
            'timestamp': 'timestamp without time zone',
            'timestamptz': 'timestamp with time zone',
        }.get(time, time),
        'properties': none,
    }) }}
{%- endmacro %}


{#- By column of a relation, the type as the catalog names it, without length. -#}
{% macro column_types(relation) -%}
    {%- set types = {} -%}
    {%- for row in run_query(fast_dau.types_of_columns(relation)).rows -%}
        {%- do types.update({row['name']: row['type']}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}


{% macro types_of_columns(relation) -%}
    with recursive types as (
        select attname as name, atttypid as type_id
        from pg_attribute
        where
            attrelid = {{ fast_dau.string_literals([relation]) }}::regclass
            and attnum > 0
            and not attisdropped
        union all
        select types.name, pg_type.typbasetype
        from types
        join pg_type on pg_type.oid = types.type_id
        where pg_type.typtype = 'd'
    )

    select types.name::text as name, format_type(types.type_id, null) as type
    from types
    join pg_type on pg_type.oid = types.type_id
    where pg_type.typtype <> 'd'
{%- endmacro %}
