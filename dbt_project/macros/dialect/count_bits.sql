{#- An expression: how many of the lowest `width` bits of a whole number are set. -#}
{% macro count_bits(number, width) -%}
    {{ return(adapter.dispatch('count_bits', 'fast_dau')(number, width)) }}
{%- endmacro %}


{#- Postgres counts in strings of bits. -#}
{% macro default__count_bits(number, width) -%}
    bit_count(({{ number }})::bigint::bit({{ width }}))
{%- endmacro %}
