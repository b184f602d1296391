{#- On Spark nobody waits for the readers of a view; the contract is a cast. -#}
{% materialization standing_view, adapter='spark' %}
    {%- do fast_dau.require_run_lock() -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        create or replace view {{ this }} as
        select
            {%- for column in model.columns.values() %}
            {{ column.name }}::{{ fast_dau.sql_type(column.data_type) }} as {{ column.name }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from ({{ sql }}) as made
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
