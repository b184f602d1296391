{#- The one row that outlives a run: which run holds the lock, what the numbers mean, from
    which day the events are whole, and what was built last. -#}
{% macro rollup_state() -%}
    {{ fast_dau.rollup_relation('rollup_state') }}
{%- endmacro %}


{#- The columns asked for of the row, by name; the caller knows that it is there. -#}
{% macro read_state(columns) -%}
    {{ return(run_query('select ' ~ columns ~ ' from ' ~ fast_dau.rollup_state()).rows[0]) }}
{%- endmacro %}


{% macro rollup_state_columns() -%}
    {{ return({
        'version': ('int not null default 3', 'Of the tables of state; runs raise it.'),
        'time_zone': ('text', 'fast_dau_time_zone that the tables were built with.'),
        'active_kinds': ('text', 'fast_dau_active_kinds that they were built with, as JSON.'),
        'events_start_date': ('date', 'fast_dau_events_start_date that they were built with.'),
        'kept_from': (
            'date', 'History is kept: rows of the days before it stay; null: no such day.'
        ),
        'first_event_at': ('timestamp', 'The first valid event, as of the latest run.'),
        'refreshed_at': ('timestamp', 'The clock of the run that made refresh_days, in UTC.'),
        'open_date': (
            'date', 'The first day that was not over when all tables were last built.'
        ),
        'is_starting_over': (
            'boolean not null default false',
            'A run with fast_dau_refresh: start_over has begun to build all anew, and none ended it.',
        ),
        'model_vars': (
            "jsonb not null default '{}'",
            'By table, the variables of its own that it was built with.',
        ),
        'built_with': (
            "jsonb not null default '{}'",
            'By table, the run whose refresh_days it was last built for.',
        ),
        'change_log_snapshot': ('pg_snapshot', 'Whose changes the latest run read.'),
        'run_id': ('text', 'The run that holds the run lock; null: none.'),
        'run_client': (
            'text', 'Its role, address and application, where its queries do not name it.'
        ),
        'run_started_at': ('timestamptz', 'When the latest run got the lock.'),
    }) }}
{%- endmacro %}
