{#- The days of refresh_days, as dates. -#}
{% macro refreshed_days() -%}
    {{ return(adapter.dispatch('refreshed_days', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__refreshed_days() -%}
    {{ return(fast_dau.as_dates(fast_dau.state_once().days or [])) }}
{%- endmacro %}


{#- The days whose numbers change with those in `moved_days`, as dates. A user who is not
    seen again counts as dormant on the seven days after the last. -#}
{% macro days_moved_with(bounds) -%}
    {%- set days = [] -%}
    {%- for day, bound in adapter.dispatch('moved_days', 'fast_dau')() if bound in bounds -%}
        {%- for n in ([0] if bound == 'first' else range(1, 8)) -%}
            {%- do days.append(fast_dau.as_dates([day])[0] + modules.datetime.timedelta(n)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}


{% macro default__moved_days() -%}
    {{ return(fast_dau.state_once().moved_days or []) }}
{%- endmacro %}


{#- The dates that a query finds. -#}
{% macro days_found(query) -%}
    {{ return(fast_dau.as_dates(fast_dau.rows_once(query) | map(attribute=0))) }}
{%- endmacro %}


{#- Dates of ISO texts, and of dates, which Spark's are not. -#}
{% macro as_dates(days) -%}
    {%- set dates = [] -%}
    {%- for day in days -%}
        {%- do dates.append(modules.datetime.date.fromisoformat(day | string)) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
