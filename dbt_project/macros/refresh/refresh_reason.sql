{#- An expression: why a run rebuilds a day, or null where only a full run does. -#}
{% macro refresh_reason() -%}
    {%- set today = fast_dau.local_date(fast_dau.run_at()) -%}
    case
        when progress.is_first_build then 'first build'
        {%- if fast_dau.setting('start_date') is not none %}
        when
            calendar_days.activity_date >= date '{{ fast_dau.setting("start_date") }}'
            and calendar_days.activity_date <= date '{{ fast_dau.setting("end_date") }}'
            then 'backfill'
        {%- endif %}
        -- An event older than all history, or a run that did not finish.
        when published_days.activity_date is null then 'missing'
        {%- if fast_dau.setting('start_date') is not none %}
        -- Only where the day has turned since the last run, the backfill has to be the
        -- run that closes the days before it too.
        when progress.open_date = {{ today }} then null
        {%- endif %}
        when calendar_days.activity_date >= progress.open_date then 'open'
        when
            calendar_days.activity_date >= progress.open_date - {{ fast_dau.setting('lookback_days') }}
            then 'lookback'
    end
{%- endmacro %}
