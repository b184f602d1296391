{#- Proves the grain of the whole table, at any size, from the catalog: returns a row
    unless a valid unique index on exactly these columns keeps it. -#}
{% test unique_grain(model, columns) %}

select '{{ model }} has no unique index on {{ columns | join(", ") }}' as problem
where not exists (
    select 1
    from pg_index
    where
        indrelid = '{{ model }}'::regclass
        and indisunique
        and indisvalid
        and pg_get_indexdef(indexrelid) like '% ({{ columns | join(", ") }})'
)

{% endtest %}
