{#- Proves the grain of the whole table, at any size, from the catalog: returns a row
    unless a valid unique index on exactly the columns of its key keeps it. -#}
{% test unique_grain(model) %}

{{ fast_dau.repeated_keys(model) }}

{% endtest %}
