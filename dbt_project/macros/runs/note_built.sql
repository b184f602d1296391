{#- On-run-end: which tables were built. Where all have been for the latest refresh_days,
    the days that these took up are done. -#}
{% macro note_built(results) -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set succeeded = results | selectattr('status', 'equalto', 'success')
        | map(attribute='node.unique_id') | list -%}
    {%- set refresh_id = built.get('refresh_days', 'none') -%}
    {%- set left = [] -%}
    {%- for table in fast_dau.tables_of_days() if built.get(table.name) != refresh_id -%}
        {%- do built.update({table.name: refresh_id}) if table.unique_id in succeeded
            else left.append(table.name) -%}
    {%- endfor -%}
    {%- set values = {'built_with': fast_dau.string_literals([tojson(built)])} -%}
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
