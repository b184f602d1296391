{#- A query: days to rebuild, null for every day, each with the reason to give for it. -#}
{% macro days_to_rebuild() -%}
    select
        activity_date,
        min(
            case
                when reason = 'erased' then 'erased'
                when reason in ('changed', 'unwatched') then 'late change'
                else 'unfinished'
            end
        ) as reason
    from (
        {{ fast_dau.known_changes() if execute and flags.WHICH == 'compile' else
            'select activity_date, reason from ' ~ fast_dau.pending_days() }}
        {{ "union all select null, 'changed'"
            if execute and flags.WHICH == 'compile' and fast_dau.is_read_otherwise() }}
    ) as pending
    group by activity_date
{%- endmacro %}
