{% if execute and not is_built('rollup_state') %}
    select
        {%- for name in erased_counts_columns() %}
        0::bigint as {{ name }},
        {%- endfor %}
        null::date as activity_date
    where false
{% else %}
    select
        {%- for name in erased_counts_columns() %}
        {{ name }},
        {%- endfor %}
        activity_date
    from {{ rollup_relation('erased_counts') }}
{% endif %}
