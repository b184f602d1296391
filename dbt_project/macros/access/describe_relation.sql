{#- The descriptions and the reader's right, of a new relation, and of any in full runs: each
    takes several queries a table. Where the model has `grants` of dbt's, these hold, and
    what a model of another project may be read by is for that project to say. -#}
{% macro describe_relation(relation, is_new) -%}
    {%- set grants = config.get('grants') -%}
    {%- if is_new or fast_dau.run_kind() != 'incremental' -%}
        {%- do persist_docs(relation, model) -%}
        {%- do fast_dau.grant_to_reader('select', relation)
            if not grants and model.package_name == 'fast_dau' -%}
    {%- endif -%}
    {%- do apply_grants(
        relation, grants, should_revoke=should_revoke(not is_new, full_refresh_mode=false)
    ) -%}
{%- endmacro %}
