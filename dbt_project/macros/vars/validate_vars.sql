{#- On-run-start: refuses a command on the rollup whose variables do not make sense, before
    anything is written. -#}
{% macro validate_vars() -%}
    {%- do fast_dau.check_vars() if fast_dau.concerns_rollup() -%}
{%- endmacro %}


{#- Others' models may be run beside those of this project, whose variables do not matter. -#}
{% macro concerns_rollup() -%}
    {%- set ours = [] -%}
    {%- for id in selected_resources if execute and not id.startswith('operation.')
        and id.split('.')[1] == 'fast_dau' -%}
        {%- do ours.append(id) -%}
    {%- endfor -%}
    {{ return(
        project_name == 'fast_dau' if not execute
        else selected_resources == [] or ours != [] or fast_dau.selected_tables() != []
    ) }}
{%- endmacro %}


{% macro check_vars() -%}
    {%- do fast_dau.check_names_given() -%}
    {%- do fast_dau.check_name('events_schema') -%}
    {%- do fast_dau.check_name('events_table') -%}
    {%- do fast_dau.check_name('reader_role', reserved=['public', 'none']) -%}
    {%- do fast_dau.check_date('events_start_date') -%}
    {%- do fast_dau.check_backfill() -%}
    {%- for name in ['events_kept_from', 'from_date', 'to_date', 'on_date']
        if var(name, none) is not none -%}
        {%- do fast_dau.check_date(name) -%}
    {%- endfor -%}
    {%- if var('refresh') not in ['incremental', 'full', 'start_over'] -%}
        {%- do fast_dau.refuse("refresh is " ~ fast_dau.shown(var('refresh'))
            ~ ", not incremental, full or start_over") -%}
    {%- endif -%}
    {%- if var('missing_events') not in [none, 'purged', 'deleted'] -%}
        {%- do fast_dau.refuse("missing_events is " ~ fast_dau.shown(var('missing_events'))
            ~ ", not purged or deleted") -%}
    {%- endif -%}
    {%- for name, (least, most) in fast_dau.bounds_of_whole_numbers().items() -%}
        {%- do fast_dau.check_whole_number(name, least, most) -%}
    {%- endfor -%}
    {%- do fast_dau.check_kinds() -%}
    {%- do fast_dau.check_run_at() -%}
    {%- do fast_dau.check_time_zone() -%}
    {%- do fast_dau.check_change_log() -%}
    {%- do fast_dau.check_segments() -%}
{%- endmacro %}


{% macro refuse(reason) -%}
    {%- do exceptions.raise_compiler_error("fast-dau: " ~ reason ~ ". Nothing ran.") -%}
{%- endmacro %}


{#- Far above what anybody needs, and below where a server's dates and times end. -#}
{% macro bounds_of_whole_numbers() -%}
    {{ return({
        'lookback_days': (1, 36500),
        'max_clock_skew_minutes': (0, 525600),
        'cohort_days': (1, 1000),
        'max_segment_values': (1, 100000),
        'wait_minutes': (0, 1440),
        'silent_seconds': (1, 86400),
        'lock_timeout_seconds': (1, 3600),
    }) }}
{%- endmacro %}


{#- A misspelt variable would otherwise be an ordinary run that looks like another. Where this
    is a package, others' variables are given beside its own. -#}
{% macro check_names_given() -%}
    {%- set known = [
        'events_schema', 'events_table', 'time_zone', 'active_kinds',
        'events_start_date', 'max_clock_skew_minutes', 'lookback_days', 'refresh',
        'start_date', 'end_date', 'run_at', 'from_date', 'to_date', 'on_date',
        'events_kept_from', 'wait_minutes', 'silent_seconds', 'cohort_days', 'segments',
        'max_segment_values', 'reader_role', 'lock_timeout_seconds', 'missing_events',
    ] -%}
    {%- for name in invocation_args_dict.get('vars', {})
        if name not in known and project_name == 'fast_dau' -%}
        {%- do fast_dau.refuse("there is no variable '" ~ name ~ "'; " ~ known | join(', ')
            ~ " are known") -%}
    {%- endfor -%}
{%- endmacro %}


{% macro check_backfill() -%}
    {%- set start_date, end_date = var('start_date'), var('end_date') -%}
    {%- if (start_date is none) != (end_date is none) -%}
        {%- do fast_dau.refuse("start_date and end_date go together, only one is set") -%}
    {%- elif start_date is not none -%}
        {%- do fast_dau.check_date('start_date') -%}
        {%- do fast_dau.check_date('end_date') -%}
        {%- if start_date | string > end_date | string -%}
            {%- do fast_dau.refuse("start_date " ~ start_date ~ " is after end_date "
                ~ end_date) -%}
        {%- endif -%}
        {%- set kept_from = var('events_kept_from') -%}
        {%- if kept_from is not none and start_date | string < kept_from | string -%}
            {%- do fast_dau.refuse("start_date " ~ start_date ~ " is before events_kept_from "
                ~ kept_from ~ ": the days before that are kept as they are") -%}
        {%- endif -%}
        {%- if var('refresh') != 'incremental' -%}
            {%- do fast_dau.refuse("refresh: " ~ var('refresh')
                ~ " rebuilds every day; leave out start_date and end_date") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
