{#- Post-hook of refresh_days, in its transaction: its days are to be rebuilt in every
    table, until that is done (`note_built`), whichever run does it. -#}
{% macro take_up_days() -%}
    {%- if execute and fast_dau.is_run() -%}
        {{ return(adapter.dispatch('take_up_days', 'fast_dau')()) }}
    {%- endif -%}
{%- endmacro %}


{% macro default__take_up_days() -%}
    insert into {{ fast_dau.pending_days() }} (activity_date, reason)
    select activity_date, 'unfinished' from {{ this }}
    on conflict do nothing;
    update {{ fast_dau.pending_days() }} set refresh_id = '{{ invocation_id }}'
    where activity_date is null or activity_date <= {{ fast_dau.local_date(fast_dau.run_at()) }};
    update {{ fast_dau.rollup_state() }} set
        -- Of the tables, those stay that were built for the days before these.
        built_with = (
            select coalesce(jsonb_object_agg(key, value), '{}')
            from jsonb_each(built_with)
            where value = built_with -> 'refresh_days'
        ) || jsonb_build_object('refresh_days', '{{ invocation_id }}'),
        refreshed_at = {{ fast_dau.run_at() }}
{%- endmacro %}
