{#- Refuses a value that is not what `settings` says. Bounds are far above what anybody needs,
    and below where a server's dates and times end. Postgres would cut a longer name, and find
    another table or role by what is left; it would read the zone UTC+2 as two hours behind. -#}
{% macro check_value(name, given, rule) -%}
    {%- set type = rule.type -%}
    {%- do fast_dau.check_text(name, given) if type in ['name', 'role', 'time_zone'] -%}
    {%- set is_bad_date = type == 'date' and not fast_dau.is_date(given | string) -%}
    {%- set is_bad_time = type == 'time' and not fast_dau.is_time(given | string) -%}
    {%- set objection =
        "not a date such as 2024-01-31" if is_bad_date
        else "not a time such as 2024-01-31T12:00:00Z" if is_bad_time
        else "not " ~ rule.words[:-1] | join(', ') ~ " or " ~ rule.words[-1]
            if type == 'word' and given not in rule.words
        else "not a whole number" if type == 'whole_number' and given is not integer
        else "not from " ~ rule.from ~ " to " ~ rule.to
            if type == 'whole_number' and not rule.from <= given <= rule.to
        else "not a list such as [play, post]"
            if type == 'texts' and (given is string or given is mapping or given is not sequence)
        else "not a mapping of user_id, course_id, kind, performed_at or properties to columns, such "
            ~ "as {user_id: account_id, course_id: null}"
            if type == 'columns' and (given is not mapping or given | reject('in',
                fast_dau.event_roles()) | list
                or none in [given.get('user_id', ''), given.get('performed_at', '')]
                or given.values() | reject('none') | reject('string') | list)
        else "not a mapping such as {platform: \"properties ->> 'platform'\"}"
            if type == 'segments' and given is not none and given is not mapping
        else "longer than the 63 bytes that a name may have"
            if type in ['name', 'role'] and given.encode() | length > 63
        else "which is not the name of a role" if type == 'role' and given in ['public', 'none']
        else "which " ~ target.type | capitalize ~ " does not know by that name alone; names are "
            ~ "those of the IANA list, such as Europe/Berlin"
            if type == 'time_zone' and execute
            and not adapter.dispatch('knows_time_zone', 'fast_dau')(given) -%}
    {%- set said = given if rule.from is defined and given is integer
        else fast_dau.shown(given) -%}
    {%- do fast_dau.refuse(name ~ " is " ~ said ~ ", " ~ objection) if objection -%}
    {%- for member in (given if type == 'texts' else []) -%}
        {%- do fast_dau.check_text('a member of ' ~ name, member) -%}
    {%- endfor -%}
    {%- do fast_dau.check_segments(given or {}) if type == 'segments' -%}
{%- endmacro %}


{#- Never a time, whose hours would be dropped. -#}
{% macro is_date(text) -%}
    {%- if not modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]', text) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set first = modules.datetime.date.fromisoformat(text[:8] ~ '01') -%}
    {{ return(text == (first + modules.datetime.timedelta(text[8:] | int - 1)) | string) }}
{%- endmacro %}


{#- ISO 8601; its year leaves room for max_clock_skew_minutes and for days before and after. -#}
{% macro is_time(text) -%}
    {%- set pattern = '([0-9-]{10})([T ]([01][0-9]|2[0-3]):[0-5][0-9]'
        ~ '(:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?' -%}
    {{ return(modules.re.fullmatch(pattern, text) and fast_dau.is_date(text[:10])) }}
{%- endmacro %}


{#- YAML makes true of on, 1.1 of 1.10, 750 of 12:30 and 8 of 010: what is meant as text is
    taken as text or not at all. -#}
{% macro check_text(name, given) -%}
    {%- if given is not string -%}
        {%- do fast_dau.refuse(name ~ " is " ~ fast_dau.shown(given)
            ~ ", not text: write in quotes what you "
            ~ "mean, such as 'on', '010', '1.10' or '12:30', which YAML would change") -%}
    {%- elif not given.strip() -%}
        {%- do fast_dau.refuse(name ~ " is empty") -%}
    {%- elif modules.re.search('\\x00', given)
        or execute and given.encode('utf-8', 'ignore').decode('utf-8') != given -%}
        {%- do fast_dau.refuse(name ~ " has a character that no server can store") -%}
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


{#- In a query CET is an abbreviation to Postgres, an hour ahead in summer too. The zone
    `localtime` is whatever the server's machine has. -#}
{% macro default__knows_time_zone(name) -%}
    {{ return(run_query(
        "select 1 from pg_timezone_names where name = " ~ fast_dau.string_literals([name])
        ~ " and name not in ('Factory', 'localtime', 'posixrules') and (upper(name)"
        ~ " in ('UTC', 'GMT') or upper(name) not in (select abbrev from pg_timezone_abbrevs))"
    ) | length == 1) }}
{%- endmacro %}
