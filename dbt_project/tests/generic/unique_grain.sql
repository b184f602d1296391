{#- Proves the grain of the whole table, at any size, from the catalog: returns a row
    unless a valid unique index on exactly these columns keeps it. -#}
{% test unique_grain(model, columns) %}

{{ fast_dau.repeated_keys(model, columns) }}

{% endtest %}
