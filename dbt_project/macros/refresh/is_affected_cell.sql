{#- Of cohorts: all cells of affected cohorts, and those that affected days fall into. The
    first condition follows from the second, and is one that an index serves. -#}
{% macro is_affected_cell(cohort_date, day_number) -%}
    {{ fast_dau.is_affected_day(cohort_date, days_before=fast_dau.setting('cohort_days')) }}
    and (
        {{ fast_dau.is_affected_day(cohort_date) }}
        or {{ fast_dau.is_affected_day(cohort_date ~ ' + ' ~ day_number) }}
    )
{%- endmacro %}
