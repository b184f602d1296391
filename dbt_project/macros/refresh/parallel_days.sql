{#- Pre-hook of a model of branches (`each_day`): has the planner share them out among as many
    processes as the server allows, each whole, as one day is too little to be split; and
    compile none of them (JIT), which would take longer than to run them. -#}
{% macro parallel_days() -%}
    {%- if fast_dau.has_branches() -%}
    set local parallel_setup_cost = 0;
    set local parallel_tuple_cost = 0;
    set local min_parallel_table_scan_size = '1TB';
    set local min_parallel_index_scan_size = '1TB';
    set local jit = off
    {%- endif -%}
{%- endmacro %}
