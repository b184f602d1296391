{#- Days that an earlier run was to rebuild, and did not rebuild in every table, and days
    on which people were active who have been erased since: `fast-dau forget` makes most
    tables right, and leaves those that are counted from events. `moved_days` by its
    name, because it follows refresh_days. -#}
{% macro unfinished_days() -%}
    {%- if is_incremental() and is_built('rollup_state') -%}
    select activity_date from {{ this }}
    where (select is_unfinished from {{ rollup_state() }})
    {%- if is_built('moved_days') %}
    union
    select activity_date from {{ rollup_relation('moved_days') }}
    where bound = 'erased'
    {%- endif %}
    {%- else -%}
    select null::date as activity_date
    where false
    {%- endif -%}
{%- endmacro %}


{#- Post-hook of refresh_days, in its transaction: these days are still to be rebuilt,
    until `end_turn` finds that they were. -#}
{% macro note_unfinished() -%}
    {{ return(adapter.dispatch('note_unfinished', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__note_unfinished() -%}
    update {{ rollup_state() }} set is_unfinished = true where not is_unfinished
{%- endmacro %}


{% macro spark__note_unfinished() -%}
    {%- if execute -%}
        {%- do write_state({'is_unfinished': 'true'}) -%}
    {%- endif -%}
{%- endmacro %}
