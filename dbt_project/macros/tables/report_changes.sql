{#- Counts, for `report_changes`, the rows to delete, and in full runs those that differ
    on days that an ordinary run would not have rebuilt: what the ordinary runs missed. Not
    of tables in which a run follows users to other days. -#}
{% macro count_differences(differences) -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- set is_led_by_users = config.meta_get('grain') or config.meta_get('moves_with') -%}
    {%- set missed -%}
        {%- if is_full_run() and influence_days is not none and not is_led_by_users -%}
        count(*) filter (where not exists (
            select from {{ ref('refresh_days') }} as refresh_days
            where
                refresh_days.reason <> 'full'
                and differences.activity_date - refresh_days.activity_date
                between 0 and {{ influence_days }}
        ))
        {%- else -%}
        null::bigint
        {%- endif -%}
    {%- endset -%}
    {%- set counted = run_query(
        "select count(*) filter (where is_gone) as deleted, " ~ missed ~ " as missed"
        ~ " from " ~ differences ~ " as differences"
    ).rows[0] -%}
    {%- do model.update({'deleted': counted['deleted'], 'missed': counted['missed']}) -%}
{%- endmacro %}


{#- Post-hook: has dbt's result say what the run changed, such as "12 rows written, 3
    deleted", to which a full run adds how many of them ordinary runs had missed. -#}
{% macro report_changes() -%}
    {%- if execute and target.type == 'postgres' -%}
    {%- set response = load_result('main').response -%}
    {%- set deleted = model.get('deleted', 0) -%}
    {%- set missed = model.get('missed', none) -%}
    {%- do store_raw_result(
        'main',
        message=(response.rows_affected - deleted) | int ~ " rows written, " ~ deleted
            ~ " deleted" ~ (", " ~ missed ~ " missed before" if missed is not none else ""),
        code=response.code,
        rows_affected=response.rows_affected,
    ) -%}
    {%- endif -%}
{%- endmacro %}
