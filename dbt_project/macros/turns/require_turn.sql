{#- Pre-hook: lets a model write only while it is its run's turn, and lets no other
    run begin before its transaction has ended. -#}
{% macro require_turn() -%}
    {%- if execute -%}
    do $$ begin
        perform pg_advisory_xact_lock_shared({{ turn_lock() }});
        if not exists (
            select from {{ rollup_state() }} where run_id = '{{ invocation_id }}'
        ) then
            raise 'fast-dau: another run took the turn of this one, which was not seen '
                'for % seconds, and does its work', {{ var('silent_seconds') }};
        end if;
    end $$
    {%- endif -%}
{%- endmacro %}


{% macro turn_lock() -%}
    hashtextextended('fast-dau rollup {{ target.schema }}', 0)
{%- endmacro %}
