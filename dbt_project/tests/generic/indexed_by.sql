{#- Proves, from the catalog, that a valid index on the whole table begins with the
    column, without which every run would read the whole table. -#}
{% test indexed_by(model, column) %}
{{ config(enabled=target.type == 'postgres') }}
{#- By its name alone, which it does not have with dbt's --empty. -#}
{%- set table = model.render() if model is not string else model %}

select '{{ table }} has no index that begins with {{ column }}' as problem
where not exists (
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

{% endtest %}
