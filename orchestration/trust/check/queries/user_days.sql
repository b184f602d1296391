{#- All tables that are made of user-days, from one pass over the events of the days
    compared and those looked back on. -#}
{% from 'compared.sql' import compared with context %}
{% include 'recount/user_days.sql' %}
{% include 'recount/returning.sql' %}
{% include 'recount/windows.sql' %}
{% include 'recount/lifetimes.sql' %}
{% if 'cohort_retention' in names %}
{% include 'recount/cohorts.sql' %}
{% endif %}
{{ compared(tables) }}
