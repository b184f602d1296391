{#- Statements: make a temporary table of the rows in which the result of a model's query and
    the rows there disagree, with the result's values, or, where the result has no such row
    (`is_gone`), the key; and count them (`count_differences`). -#}
{% macro create_differences(differences, sql, keys, columns) -%}
    create temporary table {{ differences }} as
    select
        {{ keys | join(', ') }},
        {%- for column in columns if column not in keys %}
        result.{{ column }},
        {%- endfor %}
        result.{{ keys[0] }} is null as is_gone
    from (
        {{ sql }}
    ) as result
    full join (
        select * from {{ this }}
        where {{ fast_dau.is_affected_row() }}
    ) as target using ({{ keys | join(', ') }})
    where
        (result.{{ columns | join(', result.') }})
        is distinct from (target.{{ columns | join(', target.') }})
    {#- So that the new rows of a day lie on few pages. -#}
    {{ 'order by activity_date' if 'activity_date' in columns }};
    {{ fast_dau.count_differences(differences) }}
{%- endmacro %}


{#- A query: how many rows differ, how many of them are to be deleted, and in full runs how
    many differ on days that an ordinary run would not have rebuilt, which is what ordinary
    runs `missed`. Not of tables in which a run follows users to other days. With the types
    of the columns, as JSON. -#}
{% macro count_differences(differences) -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- set is_led_by_users = config.meta_get('grain') or config.meta_get('moves_with') -%}
    select
        count(*) as differing,
        count(*) filter (where is_gone) as deleted,
        {%- if fast_dau.run_kind() != 'incremental' and influence_days is not none and not is_led_by_users %}
        count(*) filter (where not exists (
            select from {{ ref('refresh_days').render() }} as refresh_days
            where
                refresh_days.reason <> 'full'
                and differences.activity_date - refresh_days.activity_date
                between 0 and {{ influence_days }}
        )) as missed,
        {%- else %}
        null::bigint as missed,
        {%- endif %}
        (
            select json_object_agg(attname, format_type(atttypid, atttypmod))::text
            from pg_attribute
            where
                attrelid = {{ fast_dau.string_literals([differences]) }}::regclass
                and attnum > 0
                and attname <> 'is_gone'
        ) as types
    from {{ differences }} as differences
{%- endmacro %}
