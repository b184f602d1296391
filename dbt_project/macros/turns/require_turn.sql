{#- Pre-hook: begins the model's transaction, whatever isolation level is the default. Models
    of one run may change the same row of state, and each has to see what others committed.
    psycopg2 begins none by itself after dbt's `commit`, which it takes for any statement. -#}
{% macro begin_model() -%}
    {{ return('begin isolation level read committed' if target.type == 'postgres' else '') }}
{%- endmacro %}


{#- Pre-hook: lets a model write only while it is its run's turn, and lets no other
    run begin before its transaction has ended. -#}
{% macro require_turn() -%}
    {%- if execute -%}
        {{ return(adapter.dispatch('require_turn', 'fast_dau')()) }}
    {%- endif -%}
{%- endmacro %}


{% macro default__require_turn() -%}
    do $$ begin
        perform pg_advisory_xact_lock_shared({{ turn_lock() }});
        if not exists (
            select from {{ rollup_state() }} where run_id = '{{ invocation_id }}'
        ) then
            raise 'fast-dau: another run took the turn of this one, which was not seen '
                'for % seconds, and does its work', {{ var('silent_seconds') }};
        end if;
    end $$
{%- endmacro %}


{#- Spark has no lock: whichever run began last has the turn, and the one before stops at
    its next table, such as one that was given up while its dbt works on. -#}
{% macro spark__require_turn() -%}
    {%- if not has_turn() -%}
        {%- do exceptions.raise_compiler_error("fast-dau: another run has begun since this "
            ~ "one did, has taken its turn, and does its work. Let runs not overlap") -%}
    {%- endif -%}
{%- endmacro %}


{% macro has_turn() -%}
    {%- set holder = run_query('select run_id from ' ~ rollup_state()) -%}
    {{ return(holder.columns[0].values()[0] == invocation_id) }}
{%- endmacro %}


{% macro turn_lock() -%}
    hashtextextended('fast-dau rollup {{ target.schema }}', 0)
{%- endmacro %}
