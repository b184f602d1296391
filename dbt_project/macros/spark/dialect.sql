{#- Spark compares bytes, which in UTF-8 is the same. -#}
{% macro spark__by_code_points(text) -%}
    {{ text }}
{%- endmacro %}


{#- Spark counts in numbers. -#}
{% macro spark__count_bits(number, width) -%}
    bit_count(({{ number }}) & {{ 2 ** width - 1 }})
{%- endmacro %}


{% macro spark__event_date(condition) -%}
    event_date {{ condition }}
{%- endmacro %}


{#- Spark joins events to days by their day, as it has no index to look up ranges in. -#}
{% macro spark__event_days() -%}
    ,
    event_date,
    {{ fast_dau.local_date(fast_dau.event_time()) }} as activity_date
{%- endmacro %}


{#- Without indexes: of the days that the latest run rebuilt, where there are days, which
    dbt's parser does not know yet. -#}
{% macro spark__repeated_keys(table, columns) -%}
select {{ columns | join(', ') }}
from {{ table }}
{%- if 'activity_date' in columns or not execute %}
where {{ fast_dau.is_refreshed_day('activity_date') }}
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1
{%- endmacro %}


{#- Spark knows the others by Postgres's names. -#}
{% macro spark__sql_type(data_type) -%}
    {{ {
        'double precision': 'double',
        'text': 'string',
        'character varying': 'string',
        'citext': 'string',
        'uuid': 'string',
        'jsonb': 'string',
        'pg_snapshot': 'string',
        'timestamptz': 'timestamp_ltz',
        'timestamp': 'timestamp_ntz',
        'timestamp without time zone': 'timestamp_ntz',
    }.get(data_type, data_type) }}
{%- endmacro %}


{#- Spark has arrays instead, which would count down. -#}
{% macro spark__whole_numbers(first, last) -%}
    lateral (
        select explode(
            case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}) end
        )
    )
{%- endmacro %}


{#- Of two midnights Spark, whose clock is Java's, reads the earlier. -#}
{% macro spark__day_starts_at(local_day) -%}
    convert_timezone('{{ fast_dau.setting("time_zone") }}', 'UTC', ({{ local_day }})::timestamp)
{%- endmacro %}


{#- Spark has no `at time zone`. -#}
{% macro spark__local_time(utc_timestamp) -%}
    convert_timezone('UTC', '{{ fast_dau.setting("time_zone") }}', {{ utc_timestamp }})
{%- endmacro %}


{#- Spark cannot list them. -#}
{% macro spark__knows_time_zone(name) -%}
    {{ return(name in modules.pytz.all_timezones_set) }}
{%- endmacro %}


{#- Its sessions are in UTC. -#}
{% macro spark__event_time(column) -%}
    cast({{ column }} as timestamp_ntz)
{%- endmacro %}


{% macro spark__compare_event_time(column, operator, bound) -%}
    {{ column }} {{ operator }} {{ bound }}
{%- endmacro %}


{#- Spark has no such times: the ends of its calendar, of which both `fast-dau export` and
    Spark's own reader of Postgres make use. -#}
{% macro spark__is_infinite(column) -%}
    {{ column }} in (timestamp '0001-01-01 00:00:00', timestamp '9999-12-31 23:59:59')
{%- endmacro %}


{#- Days have folders, and older ones than those of a week are not looked into. -#}
{% macro spark__newest_event() -%}
    select max(performed_at) as newest_event_at
    from {{ fast_dau.events(limited=true) }}
    where performed_at <= now() and event_date >= current_date() - 7
{%- endmacro %}
