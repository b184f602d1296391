{#- Before a run of some tables that does not choose days anew: they, and what follows
    them, are to be built again for the days that were chosen. -#}
{% macro open_selected_tables() -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set selected = fast_dau.selected_tables() -%}
    {%- if selected and fast_dau.refresh_days_id() not in selected_resources -%}
        {%- set selected_ids = selected | map(attribute='unique_id') | list -%}
        {%- for table in selected + fast_dau.tables_after(selected_ids) -%}
            {%- do built.pop(table.name, none) -%}
        {%- endfor -%}
        {%- do fast_dau.write_state({'built_with': fast_dau.string_literals([tojson(built)])}) -%}
        {%- do run_query(
            'insert into ' ~ fast_dau.pending_days() ~ " select activity_date, 'unfinished', '"
            ~ built.refresh_days ~ "' from " ~ fast_dau.rollup_relation('refresh_days') ~ ' as days'
            ~ ' where not exists (select 1 from ' ~ fast_dau.pending_days() ~ ' as pending where '
            ~ "pending.activity_date = days.activity_date and pending.reason = 'unfinished')"
        ) -%}
    {%- endif -%}
{%- endmacro %}
