{#- The days that are still to be rebuilt: whose change the change log held (`changed`), on
    which nobody watched the events (`unwatched`), that a run took up and no run has yet
    rebuilt in every table (`unfinished`), and of people erased since (`erased`). A row
    goes when every table has been built for the refresh_days that took it up. -#}
{% macro pending_days() -%}
    {{ fast_dau.rollup_relation('pending_days') }}
{%- endmacro %}


{#- The last statement has no semicolon, as it is part of others. -#}
{% macro create_pending_days() -%}
    create table if not exists {{ fast_dau.pending_days() }} (
        activity_date date,
        reason text not null,
        refresh_id text,
        unique nulls not distinct (activity_date, reason)
    );
    -- Runs delete rows, which a publication of all tables forbids without it.
    alter table {{ fast_dau.pending_days() }} replica identity full;
    comment on table {{ fast_dau.pending_days() }} is
        'Days that are still to be rebuilt. Only runs and fast-dau forget write it.';
    comment on column {{ fast_dau.pending_days() }}.activity_date is
        'The day, in the reporting time zone; null: every day.';
    comment on column {{ fast_dau.pending_days() }}.reason is
        'changed, unwatched, unfinished or erased.';
    comment on column {{ fast_dau.pending_days() }}.refresh_id is
        'The run whose refresh_days have it; null: none yet.'
{%- endmacro %}


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
        built_with = built_with || jsonb_build_object('refresh_days', '{{ invocation_id }}'),
        refreshed_at = {{ fast_dau.run_at() }}
{%- endmacro %}


{#- Has the next refresh_days take every day. -#}
{% macro note_all_days(reason) -%}
    {%- do run_query(
        'insert into ' ~ fast_dau.pending_days() ~ " select null, '" ~ reason ~ "', null where not"
        ~ ' exists (select 1 from ' ~ fast_dau.pending_days() ~ ' where activity_date is null'
        ~ " and reason = '" ~ reason ~ "')"
    ) -%}
{%- endmacro %}


{#- A query: days to rebuild, null for every day, each with the reason to give for it. -#}
{% macro days_to_rebuild() -%}
    select
        activity_date,
        min(
            case
                when reason in ('changed', 'unwatched') then 'late change'
                else 'unfinished'
            end
        ) as reason
    from (
        {{ fast_dau.known_changes() if execute and flags.WHICH == 'compile' else
            'select activity_date, reason from ' ~ fast_dau.pending_days() }}
    ) as pending
    group by activity_date
{%- endmacro %}


{#- An expression: the first day that was not over when all tables were last built. -#}
{% macro open_date() -%}
    {%- if execute and fast_dau.is_built('rollup_state') -%}
    (select open_date from {{ fast_dau.rollup_state() }})
    {%- else -%}
    null::date
    {%- endif -%}
{%- endmacro %}
