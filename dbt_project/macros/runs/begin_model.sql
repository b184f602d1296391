{#- Begins a model's transaction, in which it writes only while its run holds the lock, and no
    other run can begin. Models of one run change the same row of state, and each has to see
    what others committed, whatever isolation level is the default. One round trip, as it is
    all that a model costs of which nothing changed. -#}
{% macro begin_model() -%}
    {%- if fast_dau.is_built('rollup_state') -%}
        {%- call statement('begun', fetch_result=true) -%}
            commit;
            begin isolation level read committed;
            select pg_advisory_xact_lock_shared({{ fast_dau.run_lock_key() }});
            {{ fast_dau.state_of_model() }}
        {%- endcall -%}
        {%- do fast_dau.keep_state(fromjson(load_result('begun').table.columns[0].values()[0])) -%}
    {%- endif -%}
    {%- if not fast_dau.is_built('rollup_state')
        or fast_dau.state_once().run_id != invocation_id -%}
        {%- do exceptions.raise_compiler_error("fast-dau: this run does not hold the run lock: "
            ~ "it was refused as it began, or was not seen for "
            ~ fast_dau.setting('silent_seconds') ~ " seconds, and another run does its work") -%}
    {%- endif -%}
{%- endmacro %}


{% macro holds_run_lock() -%}
    {{ return(fast_dau.read_state('run_id')['run_id'] == invocation_id) }}
{%- endmacro %}
