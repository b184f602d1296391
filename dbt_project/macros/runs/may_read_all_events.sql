{#- Whether a run may ask what only all events together tell: which was the first, and how
    many are without a user. An index answers; on Spark they are all read for it. -#}
{% macro may_read_all_events() -%}
    {{ return(
        target.type == 'postgres' or fast_dau.run_kind() != 'incremental'
        or not fast_dau.is_built('daily_active_users')
    ) }}
{%- endmacro %}
