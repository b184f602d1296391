{#- The engine's name of a type, from the contract's. -#}
{% macro sql_type(data_type) -%}
    {{ return(adapter.dispatch('sql_type', 'fast_dau')(data_type)) }}
{%- endmacro %}


{% macro default__sql_type(data_type) -%}
    {{ data_type }}
{%- endmacro %}


{#- Spark knows the others by Postgres's names. -#}
{% macro spark__sql_type(data_type) -%}
    {{ {
        'double precision': 'double',
        'text': 'string',
        'jsonb': 'string',
        'pg_snapshot': 'string',
        'timestamptz': 'timestamp_ltz',
        'timestamp': 'timestamp_ntz',
        'timestamp without time zone': 'timestamp_ntz',
    }.get(data_type, data_type) }}
{%- endmacro %}
