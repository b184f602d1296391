{#- Overrides the two renames by which dbt puts a table built anew in the place of the old
    one, which it then drops with all the views on it: those are made to read the new one,
    in the same transaction. -#}
{% macro postgres__rename_relation(from_relation, to_relation) -%}
    {%- set name = adapter.quote_as_configured(to_relation.identifier, 'identifier') -%}
    {%- set rename = 'alter table ' ~ from_relation ~ ' rename to ' ~ name -%}
    {%- if to_relation.identifier.endswith('__dbt_backup') -%}
        {%- do run_query(keep_views(from_relation)) -%}
        {#- Views first, as those who read them do. -#}
        {%- do run_query(exclusively(from_relation, make_views() ~ '; ' ~ rename)) -%}
    {%- else -%}
        {%- do run_query(exclusively(from_relation, rename ~ '; ' ~ make_views())) -%}
    {%- endif -%}
{%- endmacro %}


{#- Before the rename, while their definitions have the table's name. -#}
{% macro keep_views(relation) -%}
    create temporary table kept_views on commit drop as
    select
        oid,
        relkind = 'v' and pg_has_role(relowner, 'usage') as is_replaceable,
        format(
            'create or replace view %s %s as %s', oid::regclass,
            'with (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)
        ) as ddl
    from pg_class
    where relkind in ('v', 'm') and oid in (
        select ev_class from pg_rewrite join pg_depend on objid = pg_rewrite.oid
        where classid = 'pg_rewrite'::regclass
            and refobjid = {{ string_literals([relation]) }}::regclass
    )
{%- endmacro %}


{% macro make_views() -%}
    for kept in table kept_views loop
        if not kept.is_replaceable then
            raise exception 'fast-dau: the view % reads a table that is to be made anew',
                kept.oid::regclass
                using hint = 'Drop it, run again, and make it again; '
                    'views of the rollup''s own user would be kept.';
        end if;
        execute kept.ddl;
    end loop
{%- endmacro %}
