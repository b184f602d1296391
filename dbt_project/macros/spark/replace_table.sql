{#- Writes a table, with the rows of it that this run does not affect, into the other of
    its two folders, and has it point there: whoever reads it sees the old table or the
    new one, and a run that is killed leaves the old one. -#}
{% macro replace_table(sql, existing) -%}
    {%- set folder = fast_dau.other_folder(existing) -%}
    {%- call statement('main') -%}
        insert overwrite directory {{ fast_dau.string_literals([folder]) }} using parquet
        {{ fast_dau.select_columns(sql if fast_dau.rebuild_scope() == 'everything'
            else fast_dau.sql_and_kept_rows(sql)) }}
    {%- endcall -%}
    {%- if config.meta_get('grain') == 'user' and fast_dau.rebuild_scope() != 'everything' -%}
        {%- do run_query(fast_dau.spark__note_moved_days('parquet.`' ~ folder ~ '`')) -%}
    {%- endif -%}
    {%- if existing -%}
        {%- do run_query('alter table ' ~ this ~ ' set location '
            ~ fast_dau.string_literals([folder])) -%}
    {%- else -%}
        {%- do run_query(fast_dau.create_empty(this, folder)) -%}
    {%- endif -%}
{%- endmacro %}


{#- As dbt's list of the tables has it, without a query. -#}
{% macro other_folder(existing) -%}
    {%- if existing -%}
        {%- set folder = modules.re.search('Location: (.*)', existing.information)[1] -%}
        {{ return(folder[:-1] ~ ('b' if folder.endswith('a') else 'a')) }}
    {%- endif -%}
    {%- for row in run_query('describe database ' ~ this.schema) if row[0] == 'Location' -%}
        {{ return(row[1] ~ '/' ~ this.identifier ~ '__a') }}
    {%- endfor -%}
{%- endmacro %}


{% macro sql_and_kept_rows(sql) -%}
    {%- set columns = model.columns | join(', ') -%}
    select {{ columns }} from ({{ sql }}) as built
    union all
    select {{ columns }} from {{ this }}
    {%- if config.meta_get('grain') == 'user' %}
    left anti join ({{ fast_dau.affected_users() }}) as affected using (user_id)
    {%- else %}
    where not ({{ fast_dau.is_affected_row() }})
    {%- endif %}
{%- endmacro %}
