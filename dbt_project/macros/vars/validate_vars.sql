{#- Refuses a run whose variables do not make sense, before anything is written. -#}
{% macro validate_vars() -%}
    {%- do check_names_given() -%}
    {%- do check_date('events_start_date') -%}
    {%- do check_backfill() -%}
    {%- if var('refresh') not in ['incremental', 'full'] -%}
        {%- do refuse("refresh is '" ~ var('refresh') ~ "', not incremental or full") -%}
    {%- endif -%}
    {%- do check_whole_number('lookback_days', 1) -%}
    {%- do check_whole_number('max_clock_skew_minutes', 0) -%}
    {%- do check_kinds() -%}
    {%- do check_run_at() -%}
    {%- do check_time_zone() -%}
{%- endmacro %}


{% macro refuse(reason) -%}
    {%- do exceptions.raise_compiler_error("fast-dau: " ~ reason ~ ". Nothing ran.") -%}
{%- endmacro %}


{#- A misspelt variable would otherwise be an ordinary run that looks like another. -#}
{% macro check_names_given() -%}
    {%- set known = [
        'events_schema', 'events_table', 'time_zone', 'active_kinds',
        'events_start_date', 'max_clock_skew_minutes', 'lookback_days', 'refresh',
        'start_date', 'end_date', 'run_at', 'from_date', 'to_date', 'on_date',
    ] -%}
    {%- for name in invocation_args_dict.get('vars', {}) if name not in known -%}
        {%- do refuse("there is no variable '" ~ name ~ "'; " ~ known | join(', ')
            ~ " are known") -%}
    {%- endfor -%}
{%- endmacro %}


{% macro check_backfill() -%}
    {%- set start_date, end_date = var('start_date'), var('end_date') -%}
    {%- if (start_date is none) != (end_date is none) -%}
        {%- do refuse("start_date and end_date go together, only one is set") -%}
    {%- elif start_date is not none -%}
        {%- do check_date('start_date') -%}
        {%- do check_date('end_date') -%}
        {%- if start_date | string > end_date | string -%}
            {%- do refuse("start_date " ~ start_date ~ " is after end_date " ~ end_date) -%}
        {%- endif -%}
        {%- if var('refresh') == 'full' -%}
            {%- do refuse("refresh: full rebuilds every day; leave out start_date and end_date") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
