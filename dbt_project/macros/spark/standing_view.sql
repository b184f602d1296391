{#- On Spark nobody waits for the readers of a view. -#}
{% materialization standing_view, adapter='spark' %}
    {%- do fast_dau.require_run_lock() -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        create or replace view {{ this }} as {{ fast_dau.select_columns(sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
