{#- Days that an earlier run was to rebuild, and did not rebuild in every table. -#}
{% macro unfinished_days() -%}
    {%- if is_incremental() and is_built('rollup_state') -%}
    select activity_date from {{ this }}
    where (select is_unfinished from {{ rollup_state() }})
    {%- else -%}
    select null::date as activity_date
    where false
    {%- endif -%}
{%- endmacro %}


{#- Post-hook of refresh_days, in its transaction: these days are still to be rebuilt,
    until `end_turn` finds that they were. -#}
{% macro note_unfinished() -%}
    update {{ rollup_state() }} set is_unfinished = true where not is_unfinished
{%- endmacro %}
