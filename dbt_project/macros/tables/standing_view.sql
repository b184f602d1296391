{#- A view that a run leaves alone where its SQL has not changed, so that nobody who reads
    it is waited for, or waits. What it was made of is kept in `rollup_state`. -#}
{% materialization standing_view, adapter='postgres' %}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {%- do fast_dau.begin_model() -%}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- set view = this.incorporate(type='view') -%}
    {#- With the table's number, as a view goes on reading one that was renamed. -#}
    {%- set digest = "concat('" ~ local_md5(sql) ~ " ', to_regclass("
        ~ fast_dau.string_literals([fast_dau.beside_events('')]) ~ ")::oid)" -%}
    {%- set stands = run_query(
        "select to_regclass(" ~ fast_dau.string_literals([this]) ~ ") is not null and "
        ~ "model_vars ->> '" ~ model.name ~ "' = " ~ digest ~ " from " ~ fast_dau.rollup_state()
    ).columns[0].values()[0] -%}
    {%- if stands -%}
        {%- do store_raw_result('main', message='unchanged', code='VIEW', rows_affected=0) -%}
    {%- else -%}
        {%- call statement('main') -%}
            {{ get_assert_columns_equivalent(sql) }}
            {{ fast_dau.exclusively(view, 'create or replace view ' ~ view ~ ' as ' ~ sql) }};
            update {{ fast_dau.rollup_state() }}
            set model_vars = model_vars
                || jsonb_build_object('{{ model.name }}', {{ digest }})
        {%- endcall -%}
    {%- endif -%}
    {%- do fast_dau.describe_relation(view, not stands) -%}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}
