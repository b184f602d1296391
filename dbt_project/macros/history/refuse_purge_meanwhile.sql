{#- Post-hook of the model that reads the events: takes everything back where the oldest
    events vanished between the choice of days and their count, which would find the
    days empty. A run that knows `events_kept_from` does not touch those days. -#}
{% macro refuse_purge_meanwhile() -%}
    {%- if execute and fast_dau.is_run() and target.type == 'postgres'
        and fast_dau.setting('events_kept_from') is none -%}
    do $$ begin
        if (
            select not exists (
                select from {{ fast_dau.events() }} as events
                where user_id is not null and {{ fast_dau.is_at('state.first_event_at') }}
            )
            from {{ fast_dau.rollup_state() }} as state
            where first_event_at is not null
        ) then
            raise 'fast-dau: the oldest events were deleted during this run, which '
                'could have taken their days for empty: run it again';
        end if;
    end $$
    {%- endif -%}
{%- endmacro %}
