{#- Begins a model's transaction, in which it writes only while its run holds the lock, and no
    other run can begin. Models of one run change the same row of state, and each has to see
    what others committed, whatever isolation level is the default. psycopg2 begins none by
    itself after dbt's `commit`, which it takes for any statement. -#}
{% macro begin_model() -%}
    {%- call statement(auto_begin=false) -%}
        commit; begin isolation level read committed
    {%- endcall -%}
    {%- call statement() -%}
        select pg_advisory_xact_lock_shared({{ fast_dau.run_lock_key() }})
    {%- endcall -%}
    {%- if not (fast_dau.exists_now(fast_dau.rollup_state()) and fast_dau.holds_run_lock()) -%}
        {%- do exceptions.raise_compiler_error("fast-dau: this run does not hold the run lock: "
            ~ "it was refused as it began, or was not seen for "
            ~ fast_dau.setting('silent_seconds') ~ " seconds, and another run does its work") -%}
    {%- endif -%}
{%- endmacro %}


{% macro holds_run_lock() -%}
    {{ return(fast_dau.read_state('run_id')['run_id'] == invocation_id) }}
{%- endmacro %}
