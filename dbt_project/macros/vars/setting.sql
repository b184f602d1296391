{#- A variable of this project that macros read which models of other projects call: to these
    dbt hands what stands above all packages or is given by --vars, and no package's
    default. -#}
{% macro setting(name) -%}
    {%- set defaults = {
        'refresh': 'incremental',
        'lock_timeout_seconds': 60,
        'silent_seconds': 10,
    } -%}
    {{ return(var(name, defaults[name])) }}
{%- endmacro %}
