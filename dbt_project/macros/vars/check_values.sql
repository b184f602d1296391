{% macro check_date(name) -%}
    {%- set given = var(name) | string -%}
    {%- set is_valid = modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]', given) -%}
    {%- if is_valid -%}
        {%- set year, month, day = given.split('-') | map('int') -%}
        {%- set first = modules.datetime.date(year, month, 1) -%}
        {%- set next = (first + modules.datetime.timedelta(days=31)).replace(day=1) -%}
        {%- set is_valid = 1 <= day <= (next - first).days -%}
    {%- endif -%}
    {%- if not is_valid -%}
        {%- do refuse(name ~ " is '" ~ given ~ "', not a date such as 2024-01-31") -%}
    {%- endif -%}
{%- endmacro %}


{% macro check_whole_number(name, least, most=none) -%}
    {%- set given = var(name) -%}
    {%- if given is not integer or given is boolean or given < least -%}
        {%- do refuse(name ~ " is '" ~ given ~ "', not a whole number of at least " ~ least) -%}
    {%- elif most is not none and given > most -%}
        {%- do refuse(name ~ " is " ~ given ~ ", more than " ~ most) -%}
    {%- endif -%}
{%- endmacro %}


{% macro check_kinds() -%}
    {%- set given = var('active_kinds') -%}
    {%- if given is string or given is not sequence -%}
        {%- do refuse("active_kinds is '" ~ given ~ "', not a list such as [play, post]") -%}
    {%- endif -%}
{%- endmacro %}


{% macro check_run_at() -%}
    {%- set given = var('run_at') -%}
    {%- set pattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9]'
        ~ '(:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?' -%}
    {%- if given is not none and not modules.re.fullmatch(pattern, given | string) -%}
        {%- do refuse("run_at is '" ~ given ~ "', not a time such as 2024-01-31T12:00:00Z") -%}
    {%- endif -%}
{%- endmacro %}


{#- Postgres would take 'UTC+2' too, and read it as two hours behind. -#}
{% macro check_time_zone() -%}
    {%- set given = var('time_zone') -%}
    {%- if execute and not adapter.dispatch('knows_time_zone', 'fast_dau')(given) -%}
        {%- do refuse("time_zone is '" ~ given ~ "', which " ~ target.type | capitalize
            ~ " does not know; names are those of the IANA list, such as Europe/Berlin") -%}
    {%- endif -%}
{%- endmacro %}


{% macro default__knows_time_zone(name) -%}
    {{ return(run_query(
        'select 1 from pg_timezone_names where name in (' ~ string_literals([name]) ~ ')'
    ) | length == 1) }}
{%- endmacro %}


{#- Spark cannot list them. -#}
{% macro spark__knows_time_zone(name) -%}
    {{ return(name in modules.pytz.all_timezones_set) }}
{%- endmacro %}
