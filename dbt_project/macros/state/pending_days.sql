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


{#- Has the next refresh_days take every day. -#}
{% macro note_all_days(reason) -%}
    {%- do run_query(
        'insert into ' ~ fast_dau.pending_days() ~ " select null, '" ~ reason ~ "', null where not"
        ~ ' exists (select 1 from ' ~ fast_dau.pending_days() ~ ' where activity_date is null'
        ~ " and reason = '" ~ reason ~ "')"
    ) -%}
{%- endmacro %}
