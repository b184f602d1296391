{#- Overrides dbt: an hourly run does not write the descriptions again, which takes four
    queries a table. A new table gets them at once, a changed text from the next full run. -#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if not is_ordinary_run() -%}
        {{ default__persist_docs(relation, model, for_relation, for_columns) }}
    {%- endif -%}
{%- endmacro %}
