{% set columns = erased_counts_columns() | list %}

{% if execute and not is_built('rollup_state') %}
    select
        null::date as activity_date,
        0::bigint as {{ columns | join(', 0::bigint as ') }}
    where false
{% else %}
    select
        activity_date,
        {{ columns | join(', ') }}
    from {{ rollup_relation('erased_counts') }}
{% endif %}
