{#- Post-hook: makes an index of this model's table where it has none such, on the columns of
    its key unless others are given; dbt's `clone` makes views instead. A unique one also
    tells rows apart for logical replication, or a publication of all tables would keep
    runs from deleting any.

    Looked up by the table and the definition, not by name; an invalid one is made again.
    A session may have the server quote all names. -#}
{% macro ensure_index(columns=none, unique=false) -%}
    {%- if execute and fast_dau.is_run() and target.type == 'postgres' -%}
    {%- set columns = columns or fast_dau.key_columns(model) -%}
    {%- set name = fast_dau.index_name(this.identifier, columns, 'key' if unique else 'idx') -%}
    {%- set kind = 'unique index' if unique else 'index' -%}
    {%- set columns = columns | join(', ') -%}
    {%- if not fast_dau.has_index(kind, columns) %}
    drop index if exists {{ adapter.quote(this.schema) }}.{{ name }};
    create {{ kind }} {{ name }} on {{ this }} ({{ columns }});
    {%- endif -%}
    {%- if unique and not fast_dau.state_once().identifies_rows %}
    alter table {{ this }} replica identity using index {{ name }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro has_index(kind, columns) -%}
    {%- set beginning, end = 'create ' ~ kind ~ ' ', ' using btree (' ~ columns ~ ')' -%}
    {%- for definition in fast_dau.state_once().indexes or []
        if (definition | lower).startswith(beginning) and (definition | lower).endswith(end | lower) -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}


{#- `<table>_<columns>_<suffix>`, as Postgres itself names them; names that it would
    cut at 63 bytes, and so could confuse, end in a digest instead. -#}
{% macro index_name(table, columns, suffix) -%}
    {%- set name = ([table] + columns + [suffix]) | join('_') -%}
    {{ name if name | length <= 63 else name[:54] ~ '_' ~ local_md5(name)[:8] }}
{%- endmacro %}
