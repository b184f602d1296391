{#- The one row that outlives a run: which run holds the lock, what the numbers mean, from
    which day the events are whole, and what was built last. -#}
{% macro rollup_state() -%}
    {{ fast_dau.rollup_relation('rollup_state') }}
{%- endmacro %}


{#- A table of the rollup by its name, for where ref() would close a circle: one that a model
    makes wherever the project has it, one of state beside refresh_days. -#}
{% macro rollup_relation(name) -%}
    {%- set node = graph.get('nodes', {}).get('model.fast_dau.' ~ name) if execute else none -%}
    {%- set is_made = node and node.config.materialized != 'ephemeral' -%}
    {{ return(api.Relation.create(
        database=target.database or none,
        schema=node.schema if is_made else fast_dau.state_schema(),
        identifier=node.alias if is_made else name,
    )) }}
{%- endmacro %}


{#- The schema of refresh_days, by which a rollup is known. Unit tests have a graph of their
    own, without it. -#}
{% macro state_schema() -%}
    {%- set node = graph.get('nodes', {}).get(fast_dau.refresh_days_id()) if execute else none -%}
    {{ return((node or target).schema) }}
{%- endmacro %}


{#- Whether a table of the rollup is there, by dbt's own list, without a query. What dbt's
    `clone` made is a view of another's table. On Spark the state is a view. -#}
{% macro is_built(name) -%}
    {{ return(fast_dau.is_table(fast_dau.rollup_relation(name))) }}
{%- endmacro %}


{% macro is_table(relation) -%}
    {%- set found = load_cached_relation(relation) -%}
    {{ return(
        found is not none and (found.type == 'table' or target.type != 'postgres')
    ) }}
{%- endmacro %}


{#- The columns asked for of the row, by name; the caller knows that it is there. -#}
{% macro read_state(columns) -%}
    {{ return(run_query('select ' ~ columns ~ ' from ' ~ fast_dau.rollup_state()).rows[0]) }}
{%- endmacro %}


{#- Writes expressions, by the column's name, into the row, for the run that holds the lock.
    The caller commits. -#}
{% macro write_state(values) -%}
    {%- do adapter.dispatch('write_state', 'fast_dau')(values) -%}
{%- endmacro %}


{% macro default__write_state(values) -%}
    {%- set changes = [] -%}
    {%- for name, value in values.items() -%}
        {%- do changes.append(name ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {%- do run_query('update ' ~ fast_dau.rollup_state() ~ ' set ' ~ changes | join(', ')
        ~ " where run_id = '" ~ invocation_id ~ "'") -%}
{%- endmacro %}


{% macro rollup_state_columns() -%}
    {{ return({
        'version': ('int not null default 3', 'Of the tables of state; runs raise it.'),
        'time_zone': ('text', 'Var time_zone that the tables were built with.'),
        'active_kinds': ('text', 'Var active_kinds that they were built with, as JSON.'),
        'events_start_date': ('date', 'Var events_start_date that they were built with.'),
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
            'A run with refresh: start_over has begun to build all anew, and none ended it.',
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
