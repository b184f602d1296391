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


{#- Spark would read every day for it, and so asks first whether any user has lost one. -#}
{% macro spark__bound_of_other_days(bound) -%}
    {%- if fast_dau.rebuild_scope() != 'everything' and not fast_dau.has_lost_bounds() -%}
    null::date
    {%- else -%}
    {{ fast_dau.default__bound_of_other_days(bound) }}
    {%- endif -%}
{%- endmacro %}


{% macro has_lost_bounds() -%}
    {{ return(fast_dau.rows_once(
        "select count(*) from (select * from " ~ this ~ " where "
        ~ fast_dau.is_affected_day('first_activity_date')
        ~ " or " ~ fast_dau.is_affected_day('last_activity_date')
        ~ ") as known left join (select user_id, min(activity_date) as first_date,"
        ~ " max(activity_date) as last_date from " ~ ref('user_day_activity')
        ~ " where " ~ fast_dau.is_affected_day('activity_date')
        ~ " group by user_id) as refreshed on known.user_id = refreshed.user_id"
        ~ " where refreshed.user_id is null or ("
        ~ fast_dau.is_affected_day('known.first_activity_date')
        ~ " and refreshed.first_date > known.first_activity_date) or ("
        ~ fast_dau.is_affected_day('known.last_activity_date')
        ~ " and refreshed.last_date < known.last_activity_date)"
    )[0][0] > 0) }}
{%- endmacro %}
