{#- An expression: the first (`min`) or last (`max`) day of all on which a `known` user was
    active. -#}
{% macro bound_of_other_days(bound) -%}
    {{ return(adapter.dispatch('bound_of_other_days', 'fast_dau')(bound)) }}
{%- endmacro %}


{#- A look into an index. -#}
{% macro default__bound_of_other_days(bound) -%}
    (
        select {{ bound }}(user_days.activity_date)
        from {{ ref('user_day_activity').render() }} as user_days
        where user_days.user_id = known.user_id
    )
{%- endmacro %}
