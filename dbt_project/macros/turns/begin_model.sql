{#- Begins a model's transaction, in which it writes only while it is its run's turn, and no
    other run can begin. Models of one run change the same row of state, and each has to see
    what others committed, whatever isolation level is the default. psycopg2 begins none by
    itself after dbt's `commit`, which it takes for any statement. -#}
{% macro begin_model() -%}
    {%- call statement(auto_begin=false) -%}
        commit; begin isolation level read committed
    {%- endcall -%}
    {%- call statement() -%}
    do $$
    declare
        is_ours boolean = false;
    begin
        perform pg_advisory_xact_lock_shared({{ fast_dau.turn_lock() }});
        if to_regclass({{ fast_dau.string_literals([fast_dau.rollup_state()]) }}) is not null then
            is_ours = exists (
                select from {{ fast_dau.rollup_state() }} where run_id = '{{ invocation_id }}'
            );
        end if;
        if not is_ours then
            raise 'fast-dau: it is not the turn of this run: it was refused as it began, '
                'or was not seen for % seconds, and another run does its work',
                {{ fast_dau.setting('silent_seconds') }};
        end if;
    end $$
    {%- endcall -%}
{%- endmacro %}


{#- Spark has no lock: whichever run began last has the turn, and the one before stops at
    its next table, such as one that was given up while its dbt works on. -#}
{% macro require_turn() -%}
    {%- if not fast_dau.has_turn() -%}
        {%- do exceptions.raise_compiler_error("fast-dau: another run has begun since this "
            ~ "one did, has taken its turn, and does its work. Let runs not overlap") -%}
    {%- endif -%}
{%- endmacro %}


{% macro has_turn() -%}
    {%- set holder = run_query('select run_id from ' ~ fast_dau.rollup_state()) -%}
    {{ return(holder.columns[0].values()[0] == invocation_id) }}
{%- endmacro %}


{% macro turn_lock() -%}
    hashtextextended('fast-dau rollup {{ fast_dau.state_schema() }}', 0)
{%- endmacro %}
