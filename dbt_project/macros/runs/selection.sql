{#- Why a run of some tables is refused; none: it is not. What a table is made from has to
    have the days that it is built for, or days would be closed that it never had. -#}
{% macro objection_to_selection() -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set is_new = fast_dau.refresh_days_id() in selected_resources -%}
    {%- set tables = fast_dau.tables_of_days() | map(attribute='unique_id') | list -%}
    {%- for table in fast_dau.selected_tables() -%}
        {%- for input in table.depends_on.nodes
            if input in tables and input not in selected_resources -%}
            {%- set name = input.split('.')[-1] -%}
            {%- if is_new or not built.refresh_days or built.get(name) != built.refresh_days -%}
                {{ return(table.name ~ " is made from " ~ name ~ ", which does not have the "
                    ~ "days that this run would build" ~ (", as refresh_days chooses them "
                    ~ "anew" if is_new) ~ ": select it too, as --select +" ~ table.name
                    ~ " does, or run everything") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}


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


{#- On-run-end: which tables were built. Where all have been for the latest refresh_days,
    the days that these took up are done. -#}
{% macro note_built(results) -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set succeeded = results | selectattr('status', 'equalto', 'success')
        | map(attribute='node.unique_id') | list -%}
    {%- set refresh_id = built.get('refresh_days', 'none') -%}
    {%- for table in fast_dau.tables_of_days() if table.unique_id in succeeded -%}
        {%- do built.update({table.name: refresh_id}) -%}
    {%- endfor -%}
    {%- set values = {'built_with': fast_dau.string_literals([tojson(built)])} -%}
    {%- set left = [] -%}
    {%- for table in fast_dau.tables_of_days() if built.get(table.name) != refresh_id -%}
        {%- do left.append(table.name) -%}
    {%- endfor -%}
    {%- if not left -%}
        {%- do adapter.dispatch('strike_days', 'fast_dau')(refresh_id) -%}
        {%- do values.update({
            'open_date': fast_dau.local_date('refreshed_at'), 'is_starting_over': 'false'
        }) -%}
    {%- endif -%}
    {%- do fast_dau.write_state(values) -%}
{%- endmacro %}


{% macro default__strike_days(refresh_id) -%}
    {%- do run_query(
        'delete from ' ~ fast_dau.pending_days() ~ " where refresh_id = '" ~ refresh_id ~ "'"
    ) -%}
    {%- do run_query('delete from ' ~ fast_dau.rollup_relation('moved_days')) -%}
{%- endmacro %}
