{#- Begins a model's transaction, in which it writes only while its run holds the lock, and no
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
        perform pg_advisory_xact_lock_shared({{ fast_dau.run_lock_key() }});
        if to_regclass({{ fast_dau.string_literals([fast_dau.rollup_state()]) }}) is not null then
            is_ours = exists (
                select from {{ fast_dau.rollup_state() }} where run_id = '{{ invocation_id }}'
            );
        end if;
        if not is_ours then
            raise 'fast-dau: this run does not hold the run lock: it was refused as it began, '
                'or was not seen for % seconds, and another run does its work',
                {{ fast_dau.setting('silent_seconds') }};
        end if;
    end $$
    {%- endcall -%}
{%- endmacro %}
