{#- Spark has no locks: whichever run began last has it, and the one before stops at
    its next table, such as one that was given up while its dbt works on. -#}
{% macro require_run_lock() -%}
    {%- if not fast_dau.holds_run_lock() -%}
        {%- do exceptions.raise_compiler_error("fast-dau: another run has begun since this "
            ~ "one did, and does its work. Let runs not overlap") -%}
    {%- endif -%}
{%- endmacro %}


{#- Without transactions, what each table was defined by is noted when all have ended. -#}
{% macro note_definitions(results) -%}
    {%- set model_vars = fromjson(fast_dau.read_state('model_vars')['model_vars']) -%}
    {%- for result in results if result.status == 'success'
        and fast_dau.definition_of(result.node) -%}
        {%- do model_vars.update({result.node.name: fast_dau.definition_of(result.node)}) -%}
    {%- endfor -%}
    {%- do fast_dau.write_state({'model_vars': fast_dau.string_literals([tojson(model_vars)])}) -%}
{%- endmacro %}


{#- Spark has no locks: this one is taken from whoever has it (`require_run_lock`). -#}
{% macro spark__acquire_run_lock() -%}
    {%- do fast_dau.spark__create_rollup_state() -%}
    {%- do fast_dau.write_state({'run_id': fast_dau.string_literals([invocation_id])}) -%}
    {%- do fast_dau.finish_swaps() -%}
    {%- do fast_dau.recover_event_days() -%}
{%- endmacro %}
