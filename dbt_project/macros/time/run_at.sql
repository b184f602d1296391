{#- The one clock of an invocation, as a UTC timestamp literal. -#}
{% macro run_at(plus_minutes=0) -%}
    {%- set given = fast_dau.setting('run_at') -%}
    {%- set clock = modules.datetime.datetime.fromisoformat(given | string)
        if given else run_started_at -%}
    {%- if clock.tzinfo -%}
        {%- set clock = clock.astimezone(modules.pytz.utc).replace(tzinfo=none) -%}
    {%- endif -%}
    {%- set clock = clock + modules.datetime.timedelta(minutes=plus_minutes) -%}
    timestamp '{{ clock.isoformat(sep=" ") }}'
{%- endmacro %}
