{#- A date, as text or as YAML's own; never a time, whose hours would be dropped. -#}
{% macro check_date(name) -%}
    {%- if not fast_dau.is_date(var(name) | string) -%}
        {%- do fast_dau.refuse(name ~ " is " ~ fast_dau.shown(var(name))
            ~ ", not a date such as 2024-01-31")
        -%}
    {%- endif -%}
{%- endmacro %}


{% macro is_date(text) -%}
    {%- if not modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]', text) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set year, month, day = text.split('-') | map('int') -%}
    {%- set first = modules.datetime.date(year, month, 1) -%}
    {%- set next = (first + modules.datetime.timedelta(days=31)).replace(day=1) -%}
    {{ return(1 <= day <= (next - first).days) }}
{%- endmacro %}


{% macro check_whole_number(name, least, most) -%}
    {%- set given = var(name) -%}
    {%- if given is not integer -%}
        {%- do fast_dau.refuse(name ~ " is " ~ fast_dau.shown(given) ~ ", not a whole number") -%}
    {%- elif given < least or given > most -%}
        {%- do fast_dau.refuse(name ~ " is " ~ given ~ ", not from " ~ least ~ " to " ~ most) -%}
    {%- endif -%}
{%- endmacro %}


{#- Postgres would cut a longer name, and find another table or role by what is left. -#}
{% macro check_name(name, reserved=[]) -%}
    {%- do fast_dau.check_text(name, var(name)) -%}
    {%- if var(name).encode() | length > 63 -%}
        {%- do fast_dau.refuse(name ~ " is " ~ fast_dau.shown(var(name))
            ~ ", longer than the 63 bytes that a "
            ~ "name may have") -%}
    {%- elif var(name) in reserved -%}
        {%- do fast_dau.refuse(name ~ " is " ~ fast_dau.shown(var(name))
            ~ ", which is not the name of a role")
        -%}
    {%- endif -%}
{%- endmacro %}


{% macro check_kinds() -%}
    {%- set given = var('active_kinds') -%}
    {%- if given is string or given is mapping or given is not sequence -%}
        {%- do fast_dau.refuse("active_kinds is " ~ fast_dau.shown(given)
            ~ ", not a list such as [play, post]")
        -%}
    {%- endif -%}
    {%- for kind in given -%}
        {%- do fast_dau.check_text('a member of active_kinds', kind) -%}
    {%- endfor -%}
{%- endmacro %}


{#- YAML makes true of on, 1.1 of 1.10, 750 of 12:30 and 8 of 010: what is meant as text is
    taken as text or not at all. -#}
{% macro check_text(what, given) -%}
    {%- if given is not string -%}
        {%- do fast_dau.refuse(what ~ " is " ~ fast_dau.shown(given)
            ~ ", not text: write in quotes what you "
            ~ "mean, such as 'on', '010', '1.10' or '12:30', which YAML would change") -%}
    {%- elif not given.strip() -%}
        {%- do fast_dau.refuse(what ~ " is empty") -%}
    {%- elif modules.re.search('\\x00', given)
        or execute and given.encode('utf-8', 'ignore').decode('utf-8') != given -%}
        {%- do fast_dau.refuse(what ~ " has a character that no server can store") -%}
    {%- endif -%}
{%- endmacro %}


{#- A value for a message: in quotes, and what YAML took it for where that is not text. -#}
{% macro shown(given) -%}
    {%- if given is string -%} {{ return("'" ~ given ~ "'") }} {%- endif -%}
    {%- set kind = 'nothing' if given is none
        else 'a mapping' if given is mapping
        else 'a list' if given is sequence
        else 'true or false' if given is boolean
        else 'a whole number' if given is integer
        else 'a number' if given is number
        else 'a time' if given.hour is defined
        else 'a date' -%}
    {{ return(("null" if given is none else given | string) ~ " (to YAML " ~ kind ~ ")") }}
{%- endmacro %}


{#- ISO 8601, as text or as YAML's own time; its year leaves room for max_clock_skew_minutes
    and for days before and after it. -#}
{% macro check_run_at() -%}
    {%- set given = var('run_at') -%}
    {%- set pattern = '([0-9-]{10})([T ]([01][0-9]|2[0-3]):[0-5][0-9]'
        ~ '(:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?' -%}
    {%- if given is not none -%}
        {%- set parts = modules.re.fullmatch(pattern, given | string) -%}
        {%- if not parts or not fast_dau.is_date(parts[1]) -%}
            {%- do fast_dau.refuse("run_at is " ~ fast_dau.shown(given)
                ~ ", not a time such as 2024-01-31T12:00:00Z") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Postgres would take 'UTC+2' too, and read it as two hours behind. -#}
{% macro check_time_zone() -%}
    {%- set given = var('time_zone') -%}
    {%- do fast_dau.check_text('time_zone', given) -%}
    {%- if execute and not adapter.dispatch('knows_time_zone', 'fast_dau')(given) -%}
        {%- do fast_dau.refuse("time_zone is " ~ fast_dau.shown(given) ~ ", which "
            ~ target.type | capitalize
            ~ " does not know by that name alone; names are those of the IANA list, such "
            ~ "as Europe/Berlin") -%}
    {%- endif -%}
{%- endmacro %}


{#- In a query CET is an abbreviation to Postgres, an hour ahead in summer too. The zone
    `localtime` is whatever the server's machine has. -#}
{% macro default__knows_time_zone(name) -%}
    {{ return(run_query(
        "select 1 from pg_timezone_names where name = " ~ fast_dau.string_literals([name])
        ~ " and name not in ('Factory', 'localtime', 'posixrules') and (upper(name)"
        ~ " in ('UTC', 'GMT') or upper(name) not in (select abbrev from pg_timezone_abbrevs))"
    ) | length == 1) }}
{%- endmacro %}
