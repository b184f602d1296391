{#- Proves, from the catalog, that a valid index on the whole table begins with the column
    that plays the role, without which every run would read the whole table. A view has
    none: of the tables below it `fast-dau explain` tells. Of a test dbt says the name
    alone; what makes the index is said besides. -#}
{% test indexed_by(model, column, include) %}
{{ config(enabled=target.type == 'postgres') }}
{%- set columns = fast_dau.reading_of_events().columns %}
{%- set column, included = columns[column], [] %}
{%- for role in include if columns[role] -%} {%- do included.append(columns[role]) -%} {%- endfor -%}
{#- By its name alone, which it does not have with dbt's --empty. -#}
{%- set table = model.render() if model is not string else model %}
{%- set is_missing -%}
    exists (select 1 from pg_class where oid = '{{ table }}'::regclass and relkind in ('r', 'p'))
    and not exists (
        select 1
        from pg_index
        inner join pg_attribute
            on
                pg_index.indrelid = pg_attribute.attrelid
                and pg_index.indkey[0] = pg_attribute.attnum
        where
            pg_index.indrelid = '{{ table }}'::regclass
            and pg_index.indisvalid
            and pg_index.indpred is null
            and pg_attribute.attname = '{{ column }}'
    )
{%- endset -%}
{%- if execute and flags.WHICH in ['build', 'test']
    and run_query('select 1 where ' ~ is_missing) | length -%}
    {%- do exceptions.warn("fast-dau: " ~ table ~ " has no index that begins with " ~ column
        ~ ", so that every run reads all of it: `fast-dau init` makes it, or create index "
        ~ "concurrently on " ~ table ~ " (" ~ column ~ ") include (" ~ included | join(', ') ~ ")") -%}
{%- endif %}

select '{{ table }}' as problem
where {{ is_missing }}

{% endtest %}
